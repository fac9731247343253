"""Predictions lined up with gold labels, groups and folds, and everything that can be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.evaluation.metrics import Floats, Integers
from pipeline.records import LabeledSentence, Prediction

Fold = tuple[int, int]
"""Repetition and fold."""
Cell = tuple[int, str]
"""Repetition and sentence id."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All models' out-of-fold predictions for one task; N sentences sorted by id, R repetitions, L labels."""

    task: str
    labels: tuple[str, ...]
    repetitions: tuple[int, ...]
    sentences: tuple[str, ...]
    gold: Integers
    """Label index of each sentence, shape (N,)."""
    groups: Integers
    """Group index of each sentence in [0, group_count), shape (N,)."""
    folds: Integers
    """Fold that each sentence was tested in, shape (R, N); -1 where a repetition did not test it."""
    probabilities: dict[str, Floats]
    """Model, in alphabetical order, to shape (R, N, L); NaN where not tested."""

    @property
    def tested(self) -> NDArray[np.bool_]:
        """Whether a repetition tested a sentence, shape (R, N)."""
        return self.folds >= 0

    @property
    def group_count(self) -> int:
        """Number of groups with at least one tested sentence."""
        return int(self.groups.max()) + 1 if len(self.groups) else 0


def restrict(outcomes: Outcomes, chosen: NDArray[np.bool_]) -> Outcomes:
    """The outcomes of the sentences where `chosen` (N,) is true, their groups numbered anew."""
    _, groups = np.unique(outcomes.groups[chosen], return_inverse=True)
    return replace(
        outcomes,
        sentences=tuple(one for one, kept in zip(outcomes.sentences, chosen, strict=True) if kept),
        gold=outcomes.gold[chosen],
        groups=groups.astype(np.int64),
        folds=outcomes.folds[:, chosen],
        probabilities={model: values[:, chosen] for model, values in outcomes.probabilities.items()},
    )


def align(
    predictions: Sequence[Prediction],
    labeled: Sequence[LabeledSentence],
    groups: Mapping[str, str],
    sizes: Mapping[Fold, tuple[int, int]],
    codebook: Codebook,
) -> list[Outcomes]:
    """Outcomes of every task that has predictions, in codebook order.

    A sentence is tested in a repetition when any model predicts any task of it there; every model that takes part in a
    task must then have predicted that task for it, unless its label is null. Raises DataError naming the first
    prediction that is missing, repeated, malformed, of an unknown or composed sentence, or in contradiction to `sizes`.
    """
    known = {sentence.id: sentence for sentence in labeled}
    tested: dict[Cell, int] = {}
    tables: dict[str, dict[str, dict[Cell, tuple[float, ...]]]] = {task: {} for task in codebook.tasks}
    for prediction in predictions:
        _check(prediction, known, groups, sizes, codebook)
        cell = (prediction.repetition, prediction.sentence)
        if tested.setdefault(cell, prediction.fold) != prediction.fold:
            raise DataError(f"{_name(prediction)} lies in fold {prediction.fold}, another in fold {tested[cell]}")
        table = tables[prediction.task].setdefault(prediction.model, {})
        if cell in table:
            raise DataError(f"{_name(prediction)} occurs twice; keep one line a sentence, task, model and repetition")
        table[cell] = prediction.probabilities
    _check_sizes(tested, sizes)
    repetitions = tuple(sorted({repetition for repetition, _ in sizes}))
    return [
        _outcomes(task, codebook, repetitions, tested, table, known, groups) for task, table in tables.items() if table
    ]


def _name(prediction: Prediction) -> str:
    return (
        f"the prediction of {prediction.model!r} for sentence {prediction.sentence!r}, task {prediction.task!r}, "
        f"repetition {prediction.repetition}"
    )


def _check(
    prediction: Prediction,
    known: Mapping[str, LabeledSentence],
    groups: Mapping[str, str],
    sizes: Mapping[Fold, tuple[int, int]],
    codebook: Codebook,
) -> None:
    labels = codebook.labels(prediction.task)
    sentence = known.get(prediction.sentence)
    if sentence is None:
        raise DataError(f"{_name(prediction)} is of an unknown sentence; predict again from the current labels")
    if sentence.composed:
        raise DataError(f"{_name(prediction)} is of a composed sentence; these are for training only")
    if prediction.sentence not in groups:
        raise DataError(f"sentence {prediction.sentence!r} is predicted but has no group; split again")
    if (prediction.repetition, prediction.fold) not in sizes:
        raise DataError(f"{_name(prediction)} is of fold {prediction.fold}, which the split does not have; train again")
    row = np.asarray(prediction.probabilities, dtype=np.float64)
    if len(row) != len(labels):
        raise DataError(f"{_name(prediction)} has {len(row)} probabilities for the {len(labels)} labels; train again")
    if not (np.isfinite(row).all() and row.min() >= 0 and abs(row.sum() - 1) < 1e-3):
        raise DataError(f"{_name(prediction)} has no probabilities: {row.tolist()} must be at least 0 and sum to 1")


def _check_sizes(tested: Mapping[Cell, int], sizes: Mapping[Fold, tuple[int, int]]) -> None:
    found = dict.fromkeys(sizes, 0)
    for (repetition, _), fold in tested.items():
        found[repetition, fold] += 1
    for (repetition, fold), (train, test) in sorted(sizes.items()):
        place = f"fold {fold} of repetition {repetition}"
        if train < 1:
            raise DataError(f"{place} has {train} training sentences; it needs at least one")
        if found[repetition, fold] != test:
            raise DataError(f"{place} tests {test} sentences but {found[repetition, fold]} are predicted; train again")


def _outcomes(
    task: str,
    codebook: Codebook,
    repetitions: tuple[int, ...],
    tested: Mapping[Cell, int],
    table: Mapping[str, Mapping[Cell, tuple[float, ...]]],
    known: Mapping[str, LabeledSentence],
    groups: Mapping[str, str],
) -> Outcomes:
    gold = {id_: label for _, id_ in tested if (label := known[id_].labels.get(task)) is not None}
    sentences = tuple(sorted(gold))
    column = {id_: position for position, id_ in enumerate(sentences)}
    row = {repetition: position for position, repetition in enumerate(repetitions)}
    group_names = sorted({groups[id_] for id_ in sentences})
    group_index = {name: position for position, name in enumerate(group_names)}
    cells = {cell: fold for cell, fold in tested.items() if cell[1] in column}
    folds = np.full((len(repetitions), len(sentences)), -1, dtype=np.int64)
    for (repetition, id_), fold in cells.items():
        folds[row[repetition], column[id_]] = fold
    probabilities = {}
    for model in sorted(table):
        _check_complete(task, model, cells, table[model])
        array = np.full((*folds.shape, len(codebook.labels(task))), np.nan)
        for repetition, id_ in cells:
            array[row[repetition], column[id_]] = table[model][repetition, id_]
        probabilities[model] = array
    return Outcomes(
        task=task,
        labels=codebook.labels(task),
        repetitions=repetitions,
        sentences=sentences,
        gold=np.array([_label_index(codebook, task, id_, gold[id_]) for id_ in sentences], dtype=np.int64),
        groups=np.array([group_index[groups[id_]] for id_ in sentences], dtype=np.int64),
        folds=folds,
        probabilities=probabilities,
    )


def _label_index(codebook: Codebook, task: str, sentence: str, label: str) -> int:
    labels = codebook.labels(task)
    if label not in labels:
        raise DataError(f"sentence {sentence!r} has the unknown {task} label {label!r}; choose of {', '.join(labels)}")
    return labels.index(label)


def _check_complete(task: str, model: str, cells: Iterable[Cell], table: Mapping[Cell, tuple[float, ...]]) -> None:
    missing = sorted(cell for cell in cells if cell not in table)
    if missing:
        repetition, sentence = missing[0]
        more = f" and for {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DataError(
            f"no prediction of {model!r} for sentence {sentence!r}, task {task!r}, repetition {repetition}{more}; "
            f"train {model!r} on every fold again"
        )
