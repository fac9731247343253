"""How fast the transformer trains, against the settings of transformers' own text-classification example.

    python benchmarks/training_speed.py [--sentences 512] [--threads 1]

Both train all-MiniLM-L6-v2 for one epoch on the same composed sentences, one after the other in one process with the
same number of threads. The example (examples/pytorch/text-classification) pads every sentence to 128 tokens, takes
batches at random and trains every weight, once a task; the pipeline groups sentences of similar length, pads each batch
to its longest, leaves the word vectors as they are, and trains all tasks at once. Printed: sentences a second, CPU
time, and the ratios for one task and for as many tasks as the codebook has.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from datasets import Dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments

from pipeline.codebook import Codebook, Task
from pipeline.models.base import TrainingData
from pipeline.models.encoder import DEFAULT_NAME, find_encoder
from pipeline.models.transformer import TransformerModel
from pipeline.records import LabeledSentence
from pipeline.settings.transformer import TransformerSettings

COMPOSED = Path(__file__).parent.parent / "data" / "annotations" / "v1" / "composed.jsonl"
TASKS = ("stance", "frame", "holder")
EXAMPLE_LENGTH, BATCH = 128, 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one epoch took: seconds of wall and of CPU time, and the sentences in it."""

    wall: float
    cpu: float
    sentences: int

    @property
    def rate(self) -> float:
        """Sentences a second of wall time."""
        return self.sentences / self.wall


def sentences(count: int) -> list[LabeledSentence]:
    """The first `count` composed sentences with a label in every task."""
    rows = [json.loads(line) for line in COMPOSED.read_text(encoding="utf-8").splitlines()]
    complete = [row for row in rows if all(row[task] for task in TASKS)][:count]
    return [LabeledSentence(row["id"], row["text"], {task: row[task] for task in TASKS}) for row in complete]


def of_example(rows: list[LabeledSentence]) -> Cost:
    """One epoch as the example trains it, on the first task."""
    folder = find_encoder(DEFAULT_NAME)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    names = sorted({str(row.labels[TASKS[0]]) for row in rows})
    encoded = tokenizer([row.text for row in rows], padding="max_length", truncation=True, max_length=EXAMPLE_LENGTH)
    data = Dataset.from_dict({**encoded, "labels": [names.index(str(row.labels[TASKS[0]])) for row in rows]})
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=len(names), local_files_only=True)
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            scratch,
            num_train_epochs=1,
            per_device_train_batch_size=BATCH,
            learning_rate=5e-5,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_strategy="no",
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=data)
        wall, cpu = time.perf_counter(), time.process_time()
        trainer.train()
        return Cost(time.perf_counter() - wall, time.process_time() - cpu, len(rows))


def of_pipeline(rows: list[LabeledSentence]) -> Cost:
    """One epoch as the pipeline trains it, on all tasks; loading the encoder is taken off, as it is above."""
    labels = {task: Task(labels=dict.fromkeys(sorted({str(row.labels[task]) for row in rows}), "")) for task in TASKS}
    settings = TransformerSettings(composed="none", epochs=1, development_fraction=0.0, batch_size=BATCH)
    model = TransformerModel(settings, Codebook("benchmark", "1", tasks=labels))
    groups = {row.id: row.id for row in rows}
    model.fit(TrainingData(rows[:BATCH], groups), seed=0)  # loads and warms up, as the example's model is loaded ahead
    wall, cpu = time.perf_counter(), time.process_time()
    model.fit(TrainingData(rows, groups), seed=0)
    return Cost(time.perf_counter() - wall, time.process_time() - cpu, len(rows))


def main() -> int:
    """Measure both and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sentences", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    logging.disable(logging.WARNING)
    rows = sentences(arguments.sentences)
    example, ours = of_example(rows), of_pipeline(rows)
    print(f"{'':<28}{'sentences/s':>12}{'wall s':>9}{'CPU s':>9}")
    for name, cost in (("example, one task", example), (f"pipeline, {len(TASKS)} tasks", ours)):
        print(f"{name:<28}{cost.rate:>12.1f}{cost.wall:>9.1f}{cost.cpu:>9.1f}")
    print(
        f"ratio at equal epochs: {ours.rate / example.rate:.1f}x; as {len(TASKS)} models would need: "
        f"{len(TASKS) * ours.rate / example.rate:.1f}x"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
