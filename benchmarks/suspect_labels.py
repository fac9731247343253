"""How many wrong labels `stance suspects` finds: labels are made wrong at random, and looked for.

    python benchmarks/suspect_labels.py --output reports/benchmarks/suspect_labels.json

In each repetition a share of the labels is replaced by another one, drawn evenly. A logistic regression on frozen
sentence embeddings is cross-validated in groups on the labels so spoilt, and every signal ranks the sentences. Reported
are average precision, the share of wrong labels among the first 30, and precision and recall of what confident
learning calls an error. Random errors are easier to find than those of annotators, who err where a sentence is hard;
and what the gold labels themselves have wrong counts as right here. The figures compare signals, no more.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from pipeline.artifacts import read_records, write_json
from pipeline.environment import package_versions
from pipeline.errors import StanceError
from pipeline.records import LabeledSentence
from pipeline.reviewing.suspects import confident_issues, neighbour_votes
from pipeline.reviewing.vectors import ENCODER, KINDS, sentence_vectors
from pipeline.seeding import derive_seed
from pipeline.settings.split import SplitSettings
from pipeline.splitting import split

ROOT = Path(__file__).parents[1]
FIRST = 30
Floats = NDArray[np.float64]


def main(argv: Sequence[str] | None = None) -> int:
    """Spoil, look, print, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpus = ROOT / "data" / "processed" / "five_documents"
    parser.add_argument(
        "--corpus", type=Path, default=corpus, help="folder with labels.jsonl (default: five_documents)"
    )
    parser.add_argument("--share", type=float, default=0.05, help="of the labels made wrong (default: 0.05)")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    arguments = parser.parse_args(argv)
    try:
        found = measure(arguments.corpus / "labels.jsonl", arguments.share, arguments.repetitions, arguments.seed)
        for task, signals in found["tasks"].items():
            print(task)
            for signal, figures in signals.items():
                print(f"  {signal:28} " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
        if arguments.output:
            arguments.output.parent.mkdir(parents=True, exist_ok=True)
            write_json(arguments.output, found)
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def measure(path: Path, share: float, repetitions: int, seed: int) -> dict[str, Any]:
    """Mean figures of every signal, a task at a time."""
    labeled = [one for one in read_records(path, LabeledSentence) if not one.composed and all(one.labels.values())]
    vectors = {kind: sentence_vectors([one.text for one in labeled], kind) for kind in KINDS}
    position = {one.id: row for row, one in enumerate(labeled)}
    folds = [
        tuple(np.array([position[one] for one in ids]) for ids in (fold.train, fold.test))
        for fold in split(labeled, SplitSettings(), seed).repetitions[0]
    ]
    tasks: dict[str, Any] = {}
    for task in labeled[0].labels:
        names = sorted({str(one.labels[task]) for one in labeled})
        gold = np.array([names.index(str(one.labels[task])) for one in labeled])
        figures: dict[str, list[dict[str, float]]] = defaultdict(list)
        for repetition in range(repetitions):
            generator = np.random.default_rng(derive_seed(seed, "noise", task, repetition))
            wrong = generator.random(len(gold)) < share
            given = np.where(wrong, (gold + generator.integers(1, len(names), len(gold))) % len(names), gold)
            table = _out_of_fold(np.asarray(vectors[ENCODER], dtype=np.float64), given, folds, len(names))
            own = np.arange(len(given))
            trust = {"probability": table[own, given]}
            for kind in KINDS:
                trust[f"neighbours ({kind})"] = neighbour_votes(vectors[kind], given, len(names))[1][own, given]
                trust[f"mean of both ({kind})"] = (trust["probability"] + trust[f"neighbours ({kind})"]) / 2
            for signal, values in trust.items():
                figures[signal].append(_ranking(wrong, values))
            figures["confident learning, flags"].append(_flags(wrong, confident_issues(given, table)))
        tasks[task] = {
            signal: {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
            for signal, runs in figures.items()
        }
    return {
        "schema": 1,
        "share": share,
        "repetitions": repetitions,
        "seed": seed,
        "sentences": len(labeled),
        "versions": package_versions(),
        "tasks": tasks,
    }


def _out_of_fold(
    vectors: Floats, given: NDArray[np.int64], folds: Sequence[tuple[NDArray[np.int64], ...]], labels: int
) -> Floats:
    table = np.zeros((len(given), labels))
    for train, test in folds:
        model = LogisticRegression(C=5, max_iter=300, tol=1e-3).fit(vectors[train], given[train])
        table[np.ix_(test, model.classes_)] = model.predict_proba(vectors[test])
    return table


def _ranking(wrong: NDArray[np.bool_], trust: Floats) -> dict[str, float]:
    first = np.argsort(trust, kind="stable")[:FIRST]
    return {
        "average_precision": float(average_precision_score(wrong, -trust)),
        f"wrong_in_first_{FIRST}": float(wrong[first].mean()),
    }


def _flags(wrong: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> dict[str, float]:
    hits = float((wrong & flagged).sum())
    return {
        "flagged": float(flagged.sum()),
        "precision": hits / max(float(flagged.sum()), 1.0),
        "recall": hits / max(float(wrong.sum()), 1.0),
    }


if __name__ == "__main__":
    sys.exit(main())
