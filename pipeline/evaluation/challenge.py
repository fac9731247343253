"""Minimal pairs: how often a model has both of a pair right, and whether a small edit moves it as it should.

A model that reads catchwords does well on single sentences and badly on pairs: whatever it says of one, it says of the
other. Sentences are invented and few, so that the figures tell kinds of models apart, not close rivals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.evaluation.estimates import Estimate
from pipeline.evaluation.metrics import accuracy, predicted_labels
from pipeline.evaluation.outcomes import Outcomes, align
from pipeline.evaluation.probes import Gold, resampling, scored
from pipeline.evaluation.resampling import group_confusions, resample
from pipeline.probes.pairs import MinimalPair
from pipeline.records import Prediction
from pipeline.settings.evaluation import EvaluationSettings

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Read:
    """What one model makes of one pair in one task: labels as indices, first and second sentence."""

    gold: tuple[int, int]
    predicted: tuple[int, int]

    @property
    def both_right(self) -> bool:
        """Both sentences bear the right label."""
        return self.gold == self.predicted

    def moves(self, same: bool) -> bool:
        """The predicted labels are the `same`, or differ, as they should, right or wrong."""
        return (self.predicted[0] == self.predicted[1]) == same


Table = Mapping[str, Mapping[str, Read]]
"""Pair to task to what a model makes of it; tasks without a label for both sentences are left out."""


def evaluate_pairs(
    predictions: Mapping[str, Sequence[Prediction]],
    pairs: Sequence[MinimalPair],
    codebook: Codebook,
    settings: EvaluationSettings,
    seed: int,
) -> dict[str, Any]:
    """The contents of `challenge.json` for the `predictions` of each model.

    A pair is right where both sentences are, in every task that its expectation speaks of. Intervals of shares of
    pairs are Wilson's (1927), those of single sentences come from a bootstrap over pairs. Of the models that
    `settings.compare` pairs, McNemar's exact test says whether one has more pairs right. Raises DataError where a
    sentence is not predicted.
    """
    gold = Gold(
        labeled=[sentence for pair in pairs for sentence in pair.sentences],
        groups={sentence.id: pair.id for pair in pairs for sentence in pair.sentences},
        codebook=codebook,
        settings=settings,
        seed=seed,
    )
    tables = {model: _table(model, rows, pairs, codebook) for model, rows in predictions.items()}
    kinds = list(dict.fromkeys(pair.kind for pair in pairs))
    return {
        "schema": SCHEMA,
        "confidence": settings.confidence,
        "pairs": len(pairs),
        "kinds": {
            kind: {
                "expect": sorted({pair.expect for pair in pairs if pair.kind == kind}),
                "pairs": sum(pair.kind == kind for pair in pairs),
            }
            for kind in kinds
        },
        "models": {
            model: {
                "both_right": _share(_right(pairs, table), settings.confidence),
                "tasks": _tasks(model, predictions[model], table, gold),
                "kinds": {
                    kind: _kind([pair for pair in pairs if pair.kind == kind], table, codebook, settings.confidence)
                    for kind in kinds
                },
            }
            for model, table in tables.items()
        },
        "comparisons": [_compare(pairs, (a, b), tables) for a, b in settings.compare if a in tables and b in tables],
    }


def _table(model: str, rows: Sequence[Prediction], pairs: Sequence[MinimalPair], codebook: Codebook) -> Table:
    found = {(row.sentence, row.task): int(np.argmax(row.probabilities)) for row in rows}
    table: dict[str, dict[str, Read]] = {}
    for pair in pairs:
        table[pair.id] = {}
        for task in codebook.tasks:
            labels = [one.labels.get(task) for one in pair.sentences]
            missing = [one.id for one in pair.sentences if (one.id, task) not in found]
            if missing:
                raise DataError(f"no prediction of {model!r} for {missing[0]!r}, task {task!r}; train again")
            first, second = labels
            if first is not None and second is not None:
                gold = codebook.index(task, first), codebook.index(task, second)
                predicted = found[pair.sentences[0].id, task], found[pair.sentences[1].id, task]
                table[pair.id][task] = Read(gold, predicted)
    return table


def _reads(pair: MinimalPair, table: Table) -> list[Read]:
    """What the model makes of `pair` in the tasks that its expectation speaks of."""
    return [table[pair.id][task] for task in pair.tasks if task in table[pair.id]]


def _right(pairs: Sequence[MinimalPair], table: Table) -> list[bool]:
    """Whether each pair is right; a pair without labels for what is expected of it is left out."""
    return [all(read.both_right for read in reads) for pair in pairs if (reads := _reads(pair, table))]


def _kind(pairs: Sequence[MinimalPair], table: Table, codebook: Codebook, confidence: float) -> dict[str, Any]:
    moved = [all(read.moves(pair.same) for read in reads) for pair in pairs if (reads := _reads(pair, table))]
    right: dict[str, list[bool]] = {
        task: [
            gold == predicted
            for pair in pairs
            if (read := table[pair.id].get(task)) is not None
            for gold, predicted in zip(read.gold, read.predicted, strict=True)
        ]
        for task in codebook.tasks
    }
    return {
        "both_right": _share(_right(pairs, table), confidence),
        "moves_as_expected": _share(moved, confidence),
        "accuracy": {task: float(np.mean(values)) if values else None for task, values in right.items()},
    }


def _tasks(model: str, rows: Sequence[Prediction], table: Table, gold: Gold) -> dict[str, Any]:
    """Scores of single sentences, and of pairs, in every task by itself."""
    labelled = {(one.id, task) for one in gold.labeled for task, label in one.labels.items() if label is not None}
    kept = [row for row in rows if (row.sentence, row.task) in labelled]
    tested = len({row.sentence for row in kept})
    confidence = gold.settings.confidence
    tasks: dict[str, Any] = {}
    for outcomes in align(kept, gold.labeled, gold.groups, {(0, 0): (1, tested)}, gold.codebook):
        weights = resampling(outcomes, gold)
        of_pairs = [read[outcomes.task].both_right for read in table.values() if outcomes.task in read]
        tasks[outcomes.task] = {
            "sentences": len(outcomes.sentences),
            **scored(outcomes, model, weights).to_json(confidence),
            "accuracy": _accuracy(outcomes, model, weights).to_json(confidence),
            "both_right": _share(of_pairs, confidence),
        }
    return tasks


def _accuracy(outcomes: Outcomes, model: str, weights: np.ndarray[Any, np.dtype[np.float64]]) -> Estimate:
    predicted = predicted_labels(outcomes.probabilities[model][0])
    shape = (outcomes.group_count, len(outcomes.labels))
    counts = group_confusions(outcomes.groups, outcomes.gold, predicted, shape)
    return Estimate(float(accuracy(counts.sum(axis=0))), np.asarray(accuracy(resample(weights, counts))))


def _share(values: Iterable[bool], confidence: float) -> dict[str, Any]:
    """How many of `values` are true, with Wilson's score interval; null without any."""
    found = list(values)
    if not found:
        return {"right": 0, "of": 0, "share": None, "ci": None}
    right = sum(found)
    limits = stats.binomtest(right, len(found)).proportion_ci(confidence, method="wilson")
    return {
        "right": right,
        "of": len(found),
        "share": right / len(found),
        "ci": [float(limits.low), float(limits.high)],
    }


def _compare(pairs: Sequence[MinimalPair], models: tuple[str, str], tables: Mapping[str, Table]) -> dict[str, Any]:
    """Pairs that only one of two models has right, and McNemar's exact p."""
    a, b = (_right(pairs, tables[model]) for model in models)
    a_only = sum(one and not other for one, other in zip(a, b, strict=True))
    b_only = sum(other and not one for one, other in zip(a, b, strict=True))
    p = float(stats.binomtest(a_only, a_only + b_only, 0.5).pvalue) if a_only + b_only else 1.0
    return {"a": models[0], "b": models[1], "a_only": a_only, "b_only": b_only, "of": len(a), "p_mcnemar": p}
