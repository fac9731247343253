"""Reported and obtained out-of-fold predictions, test part by test part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.records import Prediction

Cell = tuple[str, str, int, int]
"""Task, model, repetition, fold."""
Table = dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class PredictionMatch:
    """How far the predictions of one model for one task and test part agree.

    `missing` sentences have a reported prediction and no obtained one, or the other way round. `labels_changed`
    sentences have another most probable label. `largest_difference` is the largest absolute difference of a
    probability, over the sentences that both predict.
    """

    task: str
    model: str
    repetition: int
    fold: int
    sentences: int
    missing: int
    labels_changed: int
    largest_difference: float

    @property
    def identical(self) -> bool:
        """Equal in every stored decimal, for the same sentences."""
        return self.missing == 0 and self.largest_difference == 0


def match_predictions(reported: Iterable[Prediction], obtained: Iterable[Prediction]) -> list[PredictionMatch]:
    """One match for each task, model, repetition and fold that either side predicts, in the order of `reported`."""
    then, now = _tables(reported), _tables(obtained)
    return [_match(cell, then.get(cell, {}), now.get(cell, {})) for cell in dict.fromkeys([*then, *now])]


def _tables(predictions: Iterable[Prediction]) -> dict[Cell, Table]:
    tables: dict[Cell, Table] = defaultdict(dict)
    for one in predictions:
        tables[one.task, one.model, one.repetition, one.fold][one.sentence] = one.probabilities
    return dict(tables)


def _match(cell: Cell, then: Mapping[str, tuple[float, ...]], now: Mapping[str, tuple[float, ...]]) -> PredictionMatch:
    both = [key for key in then if key in now and len(then[key]) == len(now[key])]
    gaps = [max(abs(a - b) for a, b in zip(then[key], now[key], strict=True)) for key in both]
    return PredictionMatch(
        *cell,
        sentences=len(then),
        missing=len({*then, *now}) - len(both),
        labels_changed=sum(_label(then[key]) != _label(now[key]) for key in both),
        largest_difference=max(gaps, default=0.0),
    )


def _label(probabilities: tuple[float, ...]) -> int:
    return probabilities.index(max(probabilities))
