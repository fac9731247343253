"""What `stance suggest` brings against labelling at random: a simulation on the labelled sentences.

    python benchmarks/active_learning.py --output reports/benchmarks/active_learning.json

Each repetition holds out whole groups of sentences as a test part and pretends that of the others only a few have
labels. In rounds, a batch is chosen (by `suggest` or at random), its gold labels are looked up, and a logistic
regression on frozen sentence embeddings is fitted anew. Reported are macro-F1 on the test part and the share of the
pool's rare-label sentences found, averaged over the rounds, with the difference to random choice on the same test part
and start. The intervals are Student's over repetitions: they tell how sure the mean over splits of these documents is,
not how other documents would come out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.linear_model import LogisticRegression

from pipeline.artifacts import read_records, write_json
from pipeline.environment import package_versions
from pipeline.errors import StanceError
from pipeline.evaluation.metrics import confusion_matrix, macro_f1, predicted_labels
from pipeline.models.encoder import DEFAULT_NAME, DEFAULT_SHA256
from pipeline.records import LabeledSentence
from pipeline.reviewing.selection import rare_labels, select
from pipeline.reviewing.vectors import ENCODER, sentence_vectors
from pipeline.seeding import derive_seed
from pipeline.settings.split import SplitSettings
from pipeline.splitting import split

ROOT = Path(__file__).parents[1]
RANDOM, SUGGEST = "random", "suggest"
START, BATCH, LAST = 40, 40, 360
"""Labelled sentences at the start, added a round, and at the end."""
CONFIDENCE = 0.95
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """Vectors and gold labels of the sentences that may be labelled, and of those that are tested on."""

    pool: Floats
    pool_gold: NDArray[np.int64]
    test: Floats
    test_gold: NDArray[np.int64]
    labels: int


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate, print, and write JSON and a figure where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpus = ROOT / "data" / "processed" / "five_documents"
    parser.add_argument(
        "--corpus", type=Path, default=corpus, help="folder with labels.jsonl (default: five_documents)"
    )
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="write the figures as JSON, and an SVG beside it")
    arguments = parser.parse_args(argv)
    try:
        found = simulate(arguments.corpus / "labels.jsonl", arguments.repetitions, arguments.seed)
        for task, result in found["tasks"].items():
            print(task)
            for measure in ("macro_f1", "rare_found"):
                print(f"  {measure}: {_line(result[measure])}")
        if arguments.output:
            arguments.output.parent.mkdir(parents=True, exist_ok=True)
            write_json(arguments.output, found)
            draw(found, arguments.output.with_suffix(".svg"))
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def simulate(path: Path, repetitions: int, seed: int) -> dict[str, Any]:
    """Curves and differences of every task."""
    labeled = [one for one in read_records(path, LabeledSentence) if not one.composed]
    vectors = np.asarray(sentence_vectors([one.text for one in labeled], ENCODER), dtype=np.float64)
    settings = SplitSettings(strategy="holdout", holdout_fraction=0.25, repetitions=repetitions)
    folds = [parts[0] for parts in split(labeled, settings, seed).repetitions]
    position = {one.id: row for row, one in enumerate(labeled)}
    tasks: dict[str, Any] = {}
    for task in labeled[0].labels:
        names = sorted({str(one.labels[task]) for one in labeled if one.labels[task]})
        gold = np.array([names.index(str(one.labels[task])) if one.labels[task] else -1 for one in labeled])
        rows: dict[str, list[tuple[Floats, Floats]]] = {RANDOM: [], SUGGEST: []}
        for repetition, fold in enumerate(folds):
            pool, test = (
                np.array([position[one] for one in ids if gold[position[one]] >= 0]) for ids in (fold.train, fold.test)
            )
            part = Part(vectors[pool], gold[pool], vectors[test], gold[test], len(names))
            for strategy in rows:
                rows[strategy].append(curve(part, strategy, derive_seed(seed, "active", task, repetition)))
        counts = np.bincount(gold[gold >= 0], minlength=len(names))
        tasks[task] = {
            "rare": [names[label] for label in rare_labels(counts.tolist())],
            **{
                measure: _compared(
                    {strategy: np.stack([run[place] for run in runs]) for strategy, runs in rows.items()}
                )
                for place, measure in enumerate(("macro_f1", "rare_found"))
            },
        }
    return {
        "schema": 1,
        "labelled": list(range(START, LAST + 1, BATCH)),
        "repetitions": repetitions,
        "seed": seed,
        "sentences": len(labeled),
        "learner": "logistic regression on frozen sentence embeddings, class weights balanced, C=5",
        "encoder": {"name": DEFAULT_NAME, "sha256": DEFAULT_SHA256},
        "versions": package_versions(),
        "tasks": tasks,
    }


def curve(part: Part, strategy: str, seed: int) -> tuple[Floats, Floats]:
    """Macro-F1 on the test part, and the share found of the pool's rare-label sentences, after each round."""
    generator = np.random.default_rng(seed)
    have = [int(row) for row in generator.permutation(len(part.pool))[:START]]
    rare = np.isin(part.pool_gold, rare_labels(np.bincount(part.pool_gold, minlength=part.labels).tolist()))
    scores, finds = [], []
    while True:
        model = LogisticRegression(C=5, class_weight="balanced", max_iter=300, tol=1e-3)
        model.fit(part.pool[have], part.pool_gold[have])
        guess = predicted_labels(_probabilities(model, part.test, part.labels))
        scores.append(float(macro_f1(confusion_matrix(part.test_gold, guess, part.labels))))
        finds.append(float(rare[have].sum() / max(rare.sum(), 1)))
        if len(have) >= LAST:
            return np.array(scores), np.array(finds)
        rest = np.setdiff1d(np.arange(len(part.pool)), have)
        if strategy == RANDOM:
            chosen = [int(row) for row in generator.permutation(rest)[:BATCH]]
        else:
            vectors = part.pool[rest]
            table = _probabilities(model, vectors, part.labels)
            counts = np.bincount(part.pool_gold[have], minlength=part.labels)
            picks = select(
                table, counts.tolist(), lambda rows, known=vectors: known[list(rows)], BATCH, seed + len(have)
            )
            chosen = [int(rest[pick.row]) for pick in picks]
        have += chosen


def _probabilities(model: LogisticRegression, vectors: Floats, labels: int) -> Floats:
    """Shape (sentences, labels); a label that nothing was learned of has probability 0."""
    table = np.zeros((len(vectors), labels))
    table[:, model.classes_] = model.predict_proba(vectors)
    return table


def _compared(runs: dict[str, Floats]) -> dict[str, Any]:
    """Mean curve of each strategy, mean over its rounds after the start, and the paired difference."""
    means = {strategy: table[:, 1:].mean(axis=1) for strategy, table in runs.items()}
    difference = means[SUGGEST] - means[RANDOM]
    return {
        **{
            strategy: {"mean": float(means[strategy].mean()), "curve": table.mean(axis=0).round(6).tolist()}
            for strategy, table in runs.items()
        },
        "difference": {"mean": float(difference.mean()), "ci": _interval(difference)},
        "difference_curve": {
            "mean": (runs[SUGGEST] - runs[RANDOM]).mean(axis=0).round(6).tolist(),
            "ci": [_interval(column) for column in (runs[SUGGEST] - runs[RANDOM]).T],
        },
    }


def _interval(values: Floats) -> list[float]:
    half = student.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return [round(float(values.mean() - half), 6), round(float(values.mean() + half), 6)]


def _line(found: dict[str, Any]) -> str:
    low, high = found["difference"]["ci"]
    means = ", ".join(f"{strategy} {found[strategy]['mean']:.3f}" for strategy in (RANDOM, SUGGEST))
    return f"{means}, difference {found['difference']['mean']:+.3f} ({low:+.3f} to {high:+.3f})"


def draw(found: dict[str, Any], path: Path) -> None:
    """Curves of both strategies, a column a task, a row a measure."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "active learning"
    from matplotlib import pyplot as plt

    titles = {"macro_f1": "macro-F1 on the test part", "rare_found": "share of rare labels found"}
    figure, axes = plt.subplots(2, len(found["tasks"]), figsize=(3.4 * len(found["tasks"]), 5.4), squeeze=False)
    for column, (task, result) in enumerate(found["tasks"].items()):
        for row, (measure, title) in enumerate(titles.items()):
            axis = axes[row][column]
            for strategy, style in ((RANDOM, {"color": "#767676", "ls": "--"}), (SUGGEST, {"color": "#1f5fa8"})):
                axis.plot(found["labelled"], result[measure][strategy]["curve"], label=strategy, **style)
            axis.set(title=task if row == 0 else None, xlabel="labelled sentences" if row else None)
            axis.set_ylabel(title if column == 0 else None)
            axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
