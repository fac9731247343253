"""Choosing a linear model's hyperparameters, a task at a time, by inner folds and on data that came for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.evaluation.calibration import fit_temperature
from pipeline.evaluation.metrics import confusion_matrix, contrast_f1, macro_f1, predicted_labels
from pipeline.models.base import TrainingData
from pipeline.models.fold_scores import InnerFold, fold_scores
from pipeline.models.linear import LOGISTIC, SQUARED, LinearChoice, PartedFit, Samples, fit_parts
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.baselines import LinearSettings
from pipeline.splitting import inner_folds

Progress = Callable[[int, int, str], None]
ENOUGH = 1000
"""Labels of a development part that choose by themselves: the F1 of fewer is off by several points, by chance."""


@dataclass(frozen=True, slots=True)
class TunedTask:
    """The chosen model of one task, fitted on everything, the temperature of its softmax, and how it was chosen.

    `features` names the samples that it was fitted on.
    """

    features: str
    fit: PartedFit
    temperature: float
    details: dict[str, Any]


def documents(data: TrainingData) -> list[LabeledSentence]:
    """The document sentences of `data`, those of its development part last: all that a chosen model is fitted on."""
    return [*data.sentences, *data.development]


def tune_tasks(
    features: Mapping[str, Samples],
    data: TrainingData,
    codebook: Codebook,
    settings: LinearSettings,
    seed: int,
    on_progress: Progress | None = None,
) -> dict[str, TunedTask]:
    """Tune and fit every task on one of `features`, each the `documents` of `data` and then its composed ones.

    Every candidate is scored by `settings.choose_by` over the pooled test parts of inner folds, of which a development
    part of `data` is one more, or the only one where it has `ENOUGH` labels. Composed sentences are only ever trained
    on. What is chosen is fitted on everything.
    Features are not refitted in an inner fold: they never look at labels. Raises DataError when a task has no labelled
    document sentence.
    """
    axes = _axes(settings, bool(data.composed))
    total = len(codebook.tasks) * len(features) * (1 + sum(len(axis) - 1 for axis in axes))
    done = 0
    tuned = {}
    for task in codebook.tasks:
        gold, labels = _gold(data, codebook, task), len(codebook.labels(task))
        folds = _folds(data, task, settings.inner_folds, derive_seed(seed, "inner"))
        trust = _confidence(data, task)
        contrast = [codebook.index(task, label) for label in codebook.tasks[task].contrast]
        decisive = contrast if settings.choose_by == "contrast_f1" else []
        selections = [
            _Selection(name, replace(samples, importance=trust), gold, labels, folds, decisive)
            for name, samples in features.items()
        ]
        for selection in selections:
            for choice in _search(axes, selection.score):
                done += 1
                if on_progress is not None:
                    on_progress(done, total, f"{task}: {choice.loss}, C={choice.C:g}")
        trials = [trial for selection in selections for trial in selection.trials]
        tuned[task] = max(selections, key=_Selection.highest).result(trials)
    return tuned


def stack_tasks(tuned: Mapping[str, TunedTask]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (dimensions, labels of all tasks) and intercepts (labels of all tasks,), divided by the temperatures."""
    fits = [(one.fit.whole, one.temperature) for one in tuned.values()]
    weights = np.concatenate([fit.weights.astype(np.float64) / temperature for fit, temperature in fits], axis=1)
    return weights, np.concatenate([fit.intercept / temperature for fit, temperature in fits])


class _Selection:
    """The candidates of one task on one kind of features, scored so far.

    They are scored by the mean F1 of the labels at the positions `decisive`, or of all where that is empty.
    """

    def __init__(
        self,
        features: str,
        samples: Samples,
        gold: NDArray[np.int64],
        labels: int,
        folds: Sequence[InnerFold],
        decisive: Sequence[int],
    ) -> None:
        self.decisive = decisive
        self.features, self.samples, self.gold, self.labels, self.folds = features, samples, gold, labels, folds
        judged = np.sort(np.concatenate([test for _, test in folds]))
        self.judged = judged[gold[judged] >= 0]
        self.trials: list[dict[str, Any]] = []
        self.best: tuple[float, dict[str, Any], LinearChoice, NDArray[np.float64]] | None = None

    def score(self, choice: LinearChoice) -> float:
        """Score of the predictions for sentences that were not trained on, in [0, 1]."""
        began = time.process_time()
        scores = fold_scores(self.samples, self.folds, self.gold, self.labels, choice)[self.judged]
        gold = self.gold[self.judged]
        confusion = confusion_matrix(gold, predicted_labels(scores), self.labels)
        value = float(macro_f1(confusion))
        trial = {"features": self.features, **asdict(choice), "macro_f1": round(value, 6)}
        if self.decisive:
            value = float(contrast_f1(confusion, self.decisive))
            trial["contrast_f1"] = round(value, 6)
        self.trials.append({**trial, "cpu_seconds": round(time.process_time() - began, 3)})
        if self.best is None or value > self.best[0]:
            self.best = value, trial, choice, scores
        return value

    def highest(self) -> float:
        """Score of the best candidate."""
        assert self.best is not None
        return self.best[0]

    def result(self, trials: Sequence[dict[str, Any]]) -> TunedTask:
        """Fit the best candidate on everything; its scores on what it was not fitted on give the temperature."""
        assert self.best is not None
        _, trial, choice, scores = self.best
        temperature = fit_temperature(softmax(scores, axis=-1), self.gold[self.judged])
        fit = fit_parts(self.samples, np.arange(len(self.gold)), self.gold, self.labels, choice)
        chosen = {**trial, "temperature": round(temperature, 6)}
        return TunedTask(self.features, fit, temperature, {"chosen": chosen, "candidates": list(trials)})


def _search(axes: Sequence[Sequence[dict[str, Any]]], score: Callable[[LinearChoice], float]) -> Iterator[LinearChoice]:
    """Walk one axis after the other, always from the best candidate so far; yields each candidate once scored."""
    best = LinearChoice(**{name: value for axis in axes for name, value in axis[0].items()})
    highest = score(best)
    yield best
    for axis in axes:
        for choice in [replace(best, **values) for values in axis[1:]]:
            value = score(choice)
            if value > highest:
                best, highest = choice, value
            yield choice


def _axes(settings: LinearSettings, composed: bool) -> list[list[dict[str, Any]]]:
    """What is tried together, in the order of the search; the first of each axis is where it starts."""
    weights = settings.composed_weight if composed else [0.0]
    losses = [(SQUARED, C) for C in settings.squared_C] + [(LOGISTIC, C) for C in settings.logistic_C]
    return [
        [{"composed_weight": float(weight)} for weight in weights],
        [{"class_weight": name} for name in settings.class_weight],
        [{"loss": loss, "C": float(C)} for loss, C in losses],
    ]


def _gold(data: TrainingData, codebook: Codebook, task: str) -> NDArray[np.int64]:
    """Label index of every sentence, then of every composed one; -1 without a label."""
    found = [sentence.labels.get(task) for sentence in (*documents(data), *data.composed)]
    if all(label is None for label in found[: len(data.sentences)]):
        raise DataError(f"no training sentence has a {task} label; check the annotations or leave the task out")
    return np.array([-1 if label is None else codebook.index(task, label) for label in found], dtype=np.int64)


def _confidence(data: TrainingData, task: str) -> NDArray[np.float64] | None:
    """Confidence of every sentence's label, in the order of `_gold`; None where all are sure."""
    found = np.array([sentence.confidence.get(task, 1.0) for sentence in (*documents(data), *data.composed)])
    return None if (found == 1.0).all() else found


def _folds(data: TrainingData, task: str, k: int, seed: int) -> list[InnerFold]:
    """`k` inner folds of whole groups, and a development part that has labels; the latter alone where it is large."""
    training, count = len(data.sentences), len(documents(data))
    composed = np.arange(count, count + len(data.composed))
    labeled = sum(sentence.labels.get(task) is not None for sentence in data.development)
    given = [(np.concatenate([np.arange(training), composed]), np.arange(training, count))] if labeled else []
    if labeled >= ENOUGH:
        return given
    positions = {sentence.id: position for position, sentence in enumerate(data.sentences)}
    labels = {sentence.id: sentence.labels for sentence in data.sentences}
    inner = [
        (
            np.concatenate([[positions[one] for one in rest], composed]).astype(np.intp),
            np.array([positions[one] for one in test], dtype=np.intp),
        )
        for rest, test in inner_folds(list(positions), data.groups, labels, k, seed)
    ]
    return [*inner, *given]
