"""Choosing a linear model's hyperparameters, a task at a time, by grouped folds inside the training part."""

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
from pipeline.evaluation.metrics import confusion_matrix, macro_f1, predicted_labels
from pipeline.models.base import TrainingData
from pipeline.models.linear import LOGISTIC, SQUARED, LinearChoice, LinearFit, Samples, fit_linear
from pipeline.seeding import derive_seed
from pipeline.settings.baselines import LinearSettings
from pipeline.splitting import inner_folds

InnerFold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions among the samples to learn from, and positions of document sentences to judge by."""
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class TunedTask:
    """The chosen model of one task, fitted on everything, the temperature of its softmax, and how it was chosen."""

    fit: LinearFit
    temperature: float
    details: dict[str, Any]


def tune_tasks(
    samples: Samples,
    data: TrainingData,
    codebook: Codebook,
    settings: LinearSettings,
    seed: int,
    on_progress: Progress | None = None,
) -> dict[str, TunedTask]:
    """Tune and fit every task on `samples`, which are the sentences of `data` and then its composed ones.

    Every candidate is scored by macro-F1 over the pooled test parts of the inner folds; these hold document sentences
    only, composed ones are only ever trained on. Features are not refitted in an inner fold: they never look at labels.
    Raises DataError when a task has no labelled document sentence.
    """
    folds = _folds(data, settings.inner_folds, derive_seed(seed, "inner"))
    axes = _axes(settings, bool(data.composed))
    total = len(codebook.tasks) * (1 + sum(len(axis) - 1 for axis in axes))
    done = 0
    tuned = {}
    for task in codebook.tasks:
        selection = _Selection(samples, _gold(data, codebook, task), len(codebook.labels(task)), folds)
        for choice in _search(axes, selection.score):
            done += 1
            if on_progress is not None:
                on_progress(done, total, f"{task}: {choice.loss}, C={choice.C:g}")
        tuned[task] = selection.result()
    return tuned


def stack_tasks(tuned: Mapping[str, TunedTask]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (dimensions, labels of all tasks) and intercepts (labels of all tasks,), divided by the temperatures."""
    weights = np.concatenate([one.fit.weights.astype(np.float64) / one.temperature for one in tuned.values()], axis=1)
    return weights, np.concatenate([one.fit.intercept / one.temperature for one in tuned.values()])


class _Selection:
    """The candidates of one task, scored so far."""

    def __init__(self, samples: Samples, gold: NDArray[np.int64], labels: int, folds: Sequence[InnerFold]) -> None:
        self.samples, self.gold, self.labels, self.folds = samples, gold, labels, folds
        self.trials: list[dict[str, Any]] = []
        self.best: tuple[float, LinearChoice, NDArray[np.float64]] | None = None

    def score(self, choice: LinearChoice) -> float:
        """Macro-F1 of out-of-fold predictions, in [0, 1]."""
        began = time.process_time()
        scores = np.zeros((self.samples.documents, self.labels))
        for training, test in self.folds:
            fit = fit_linear(self.samples, training, self.gold, self.labels, choice)
            scores[test] = fit.scores(self.samples.rows[test])
        known = np.flatnonzero(self.gold[: self.samples.documents] >= 0)
        gold = self.gold[known]
        value = float(macro_f1(confusion_matrix(gold, predicted_labels(scores[known]), self.labels)))
        cost = round(time.process_time() - began, 3)
        self.trials.append({**asdict(choice), "macro_f1": round(value, 6), "cpu_seconds": cost})
        if self.best is None or value > self.best[0]:
            self.best = value, choice, scores[known]
        return value

    def result(self) -> TunedTask:
        """Fit the best candidate on everything; its out-of-fold scores give the temperature."""
        assert self.best is not None
        value, choice, scores = self.best
        gold = self.gold[: self.samples.documents]
        temperature = fit_temperature(softmax(scores, axis=-1), gold[gold >= 0])
        fit = fit_linear(self.samples, np.arange(len(self.gold)), self.gold, self.labels, choice)
        chosen = {**asdict(choice), "macro_f1": round(value, 6), "temperature": round(temperature, 6)}
        return TunedTask(fit, temperature, {"chosen": chosen, "candidates": self.trials})


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
    found = [sentence.labels.get(task) for sentence in (*data.sentences, *data.composed)]
    if all(label is None for label in found[: len(data.sentences)]):
        raise DataError(f"no training sentence has a {task} label; check the annotations or leave the task out")
    return np.array([-1 if label is None else codebook.index(task, label) for label in found], dtype=np.int64)


def _folds(data: TrainingData, k: int, seed: int) -> list[InnerFold]:
    positions = {sentence.id: position for position, sentence in enumerate(data.sentences)}
    composed = np.arange(len(positions), len(positions) + len(data.composed))
    labels = {sentence.id: sentence.labels for sentence in data.sentences}
    return [
        (
            np.concatenate([[positions[one] for one in training], composed]).astype(np.intp),
            np.array([positions[one] for one in test], dtype=np.intp),
        )
        for training, test in inner_folds(list(positions), data.groups, labels, k, seed)
    ]
