"""Sentences per second of `transformers.pipeline` and of `Classifier` with the same encoder, on this machine.

    python benchmarks/inference_speed.py --model models/current

All run in one process, one after the other, several rounds; the best round of each counts, so that a passing
disturbance does not decide. Other work on the machine does: PyTorch's threads wait for each other at every product,
so that it suffers most, and the ratios flatter. The script says so where it finds the machine busy.

Every engine that is installed and passed its check competes. The share of the matrix peak sets the useful arithmetic of
the encoder against what a large fp32 matrix product reaches here; int8 arithmetic may exceed it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedTokenizerFast, pipeline

from pipeline.artifacts import read_json, write_json
from pipeline.environment import hardware, package_versions
from pipeline.errors import StanceError
from pipeline.inference.backends import offered_backends
from pipeline.inference.classifier import Classifier
from pipeline.inference.model_folder import ModelFolder

ROOT = Path(__file__).parents[1]
TEXTS = ("gold.jsonl", "composed.jsonl")
BUSY = 0.5
"""Load average from which the figures tell more about the machine's other work."""
TARGETS = {"pipeline, defaults": 10.0, "pipeline, batch_size=32": 6.0}


@dataclass(frozen=True, slots=True)
class Speed:
    """The best round of one contestant; `peak_share` is the share of the fp32 matrix peak."""

    name: str
    sentences_per_second: float
    sentences_per_cpu_second: float
    peak_share: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "current")
    parser.add_argument(
        "--sentences", type=int, default=300, help="different sentences, of those in data/ (default: 300)"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args(argv)
    try:
        result = measure(arguments.model, sample(arguments.sentences), arguments.rounds)
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print_result(result)
    if arguments.output:
        write_json(arguments.output, result)
    return 0


def sample(count: int) -> list[str]:
    """Different sentences in random, fixed order."""
    folder = ROOT / "data" / "annotations" / "v1"
    texts = {json.loads(line)["text"] for name in TEXTS for line in (folder / name).read_text("utf-8").splitlines()}
    return random.Random(0).sample(sorted(texts), min(count, len(texts)))


def measure(folder: Path, texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Run every contestant `rounds` times over `texts`, in turn."""
    default, batched = reference(folder), reference(folder, batch_size=32)
    contestants: dict[str, Callable[[list[str]], Any]] = {
        "pipeline, defaults": default,
        "pipeline, batch_size=32": batched,
    }
    load = os.getloadavg()[0]
    for backend in offered_backends(ModelFolder(folder)):
        classifier = Classifier.load(folder, engine=backend.engine, precision=backend.precision)
        contestants[str(backend)] = classifier.predict
    peak, work = 0.0, useful_arithmetic(folder, texts)
    best: dict[str, tuple[float, float]] = {}
    for run in contestants.values():
        run(list(texts[:32]))  # the first calls of a process are slow for everybody
    for _ in range(rounds):
        peak = max(peak, matrix_peak())
        for name, run in contestants.items():
            wall, cpu = time.perf_counter(), time.process_time()
            run(list(texts))
            took = time.perf_counter() - wall, time.process_time() - cpu
            best[name] = min(best.get(name, took), took)
    speeds = [
        Speed(name, len(texts) / wall, len(texts) / cpu, work / wall / peak) for name, (wall, cpu) in best.items()
    ]
    return {
        "sentences": len(texts),
        "rounds": rounds,
        "matrix_peak_gflops": round(peak / 1e9, 1),
        "gflop_per_sentence": round(work / len(texts) / 1e9, 3),
        "load_average_before": load,
        "hardware": hardware(),
        "packages": package_versions(),
        "speeds": [asdict(speed) for speed in speeds],
    }


def reference(folder: Path, **options: Any) -> Any:
    """`transformers.pipeline` with the model folder's encoder under one head, and its tokenizer."""
    fields = read_json(folder / "encoder_config.json")
    config = AutoConfig.for_model(fields.pop("model_type"), **fields)
    model = AutoModelForSequenceClassification.from_config(config).float().eval()
    weights = load_file(folder / "model.safetensors")
    own = {name.removeprefix("encoder."): value for name, value in weights.items() if name.startswith("encoder.")}
    model.base_model.load_state_dict(own, strict=False)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(str(folder / "tokenizer.json")),
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        pad_token="[PAD]",
    )
    return pipeline("text-classification", model=model, tokenizer=tokenizer, device=torch.device("cpu"), **options)


def useful_arithmetic(folder: Path, texts: Sequence[str]) -> float:
    """Floating point operations of the encoder's matrix products over all texts, without any padding."""
    config = read_json(folder / "encoder_config.json")
    hidden, inner, layers = (int(config[name]) for name in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(read_json(folder / "model.json")["max_length"])
    lengths = [len(encoded.ids) for encoded in tokenizer.encode_batch(list(texts))]
    per_token: float = 2.0 * layers * (4 * hidden * hidden + 2 * hidden * inner)
    return sum(length * per_token + 4.0 * layers * hidden * length * length for length in lengths)


def matrix_peak(size: int = 2048, repeats: int = 3) -> float:
    """Floating point operations a second of a square fp32 product on all cores."""
    left = np.ones((size, size), dtype=np.float32)
    product = left @ left
    times: list[float] = []
    for _ in range(repeats):
        began = time.perf_counter()
        np.matmul(left, left, out=product)
        times.append(time.perf_counter() - began)
    operations = 2.0 * size * size * size
    return operations / min(times)


def print_result(result: dict[str, Any]) -> None:
    """A table with the ratios to both references, then whether the targets were met."""
    speeds = {speed["name"]: speed for speed in result["speeds"]}
    bases = {name: speeds[name]["sentences_per_second"] for name in TARGETS}
    print(f"{result['hardware']['cpu']}, {result['hardware']['cores']} cores; ", end="")
    print(f"{result['sentences']} sentences, best of {result['rounds']} rounds; ", end="")
    print(f"fp32 matrix peak {result['matrix_peak_gflops']} GFLOP/s, {result['gflop_per_sentence']} GFLOP a sentence\n")
    print(f"{'':26}{'per second':>12}{'per CPU s':>12}{'of peak':>9}{'x defaults':>12}{'x batch 32':>12}")
    for name, speed in speeds.items():
        ratios = [speed["sentences_per_second"] / base for base in bases.values()]
        print(
            f"{name:26}{speed['sentences_per_second']:12.1f}{speed['sentences_per_cpu_second']:12.1f}"
            f"{speed['peak_share']:9.0%}{ratios[0]:12.2f}{ratios[1]:12.2f}"
        )
    if result["load_average_before"] > BUSY:
        print(f"\nThe machine was busy before (load {result['load_average_before']:.1f}): repeat this on an idle one.")
    ours = max(speed["sentences_per_second"] for name, speed in speeds.items() if name not in TARGETS)
    print()
    for name, target in TARGETS.items():
        verdict = "met" if ours / bases[name] >= target else "missed"
        print(f"target {target:g}x of {name}: {verdict} ({ours / bases[name]:.2f}x)")


if __name__ == "__main__":
    sys.exit(main())
