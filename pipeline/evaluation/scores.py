"""All scores of one model on one task: a value a repetition, and their mean over repetitions in every resample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.evaluation import metrics
from pipeline.evaluation.calibration import equal_mass_bins, expected_calibration_error
from pipeline.evaluation.metrics import Floats
from pipeline.evaluation.outcomes import Outcomes
from pipeline.evaluation.resampling import group_confusions, group_sums, resample


@dataclass(frozen=True, slots=True)
class FoldScore:
    """Scores over the `n_test` sentences of one test fold that are labelled for the task.

    `contrast_f1` is NaN where the task contrasts no labels.
    """

    repetition: int
    fold: int
    macro_f1: float
    accuracy: float
    n_test: int
    contrast_f1: float = float("nan")


@dataclass(frozen=True, slots=True)
class ModelScores:
    """R repetitions, B resamples of groups, L labels.

    `values` maps a metric to shape (R,), or (R, L) for precision, recall and f1: each repetition pools the
    predictions of its folds. `samples` maps it to (B,) or (B, L): the same statistic as the reported mean, the mean
    over repetitions, of each resample. NaN where a metric is undefined.
    """

    values: dict[str, Floats]
    samples: dict[str, Floats]
    confusions: Floats
    """Counts of each repetition, shape (R, L, L)."""
    folds: list[FoldScore]


def score_model(outcomes: Outcomes, model: str, weights: Floats, contrast: list[int], bins: int) -> ModelScores:
    """Score `model` on `outcomes`, and again in each resample of `weights` (B, groups).

    All models of a task are scored with the same weights, which makes their differences paired.
    """
    values: list[dict[str, Floats]] = []
    samples: list[dict[str, Floats]] = []
    confusions = []
    for repetition in range(len(outcomes.repetitions)):
        counts = _group_confusions(outcomes, model, repetition)
        confusions.append(counts.sum(axis=0))
        values.append(_of_confusion(confusions[-1], contrast) | _of_probabilities(outcomes, model, repetition, bins))
        samples.append(
            _of_confusion(resample(weights, counts), contrast)
            | _resampled_probabilities(outcomes, model, repetition, weights, bins)
        )
    return ModelScores(
        values={name: np.stack([value[name] for value in values]) for name in values[0]},
        samples={name: metrics.mean_defined(np.stack([s[name] for s in samples]), axis=0) for name in samples[0]},
        confusions=np.stack(confusions),
        folds=_fold_scores(outcomes, model, contrast),
    )


def _of_confusion(confusion: Floats, contrast: list[int]) -> dict[str, Floats]:
    scores = {
        "macro_f1": metrics.macro_f1(confusion),
        "accuracy": metrics.accuracy(confusion),
        "mcc": metrics.matthews_correlation(confusion),
        "precision": metrics.precision(confusion),
        "recall": metrics.recall(confusion),
        "f1": metrics.f1(confusion),
    }
    return scores | ({"contrast_f1": metrics.contrast_f1(confusion, contrast)} if contrast else {})


def _group_confusions(outcomes: Outcomes, model: str, repetition: int) -> Floats:
    chosen = outcomes.tested[repetition]
    predicted = metrics.predicted_labels(outcomes.probabilities[model][repetition, chosen])
    shape = (outcomes.group_count, len(outcomes.labels))
    return group_confusions(outcomes.groups[chosen], outcomes.gold[chosen], predicted, shape)


def confidence_and_correct(outcomes: Outcomes, model: str, repetition: int) -> tuple[Floats, Floats]:
    """Probability of the predicted label, and 1 where that is the gold label, for a repetition's tested sentences."""
    chosen = outcomes.tested[repetition]
    probabilities = outcomes.probabilities[model][repetition, chosen]
    correct = metrics.predicted_labels(probabilities) == outcomes.gold[chosen]
    return probabilities.max(axis=-1), correct.astype(np.float64)


def _of_probabilities(outcomes: Outcomes, model: str, repetition: int, bins: int) -> dict[str, Floats]:
    chosen = outcomes.tested[repetition]
    probabilities, gold = outcomes.probabilities[model][repetition, chosen], outcomes.gold[chosen]
    error = expected_calibration_error(*confidence_and_correct(outcomes, model, repetition), bins)
    return {
        "log_loss": metrics.mean_defined(metrics.log_losses(probabilities, gold), axis=0),
        "brier": metrics.mean_defined(metrics.brier_scores(probabilities, gold), axis=0),
        "ece": np.asarray(error),
    }


def _resampled_probabilities(
    outcomes: Outcomes, model: str, repetition: int, weights: Floats, bins: int
) -> dict[str, Floats]:
    """Log-loss, Brier score and ECE of every resample; ECE keeps the bins of the whole sample."""
    chosen = outcomes.tested[repetition]
    groups, count = outcomes.groups[chosen], outcomes.group_count
    probabilities, gold = outcomes.probabilities[model][repetition, chosen], outcomes.gold[chosen]
    confidence, correct = confidence_and_correct(outcomes, model, repetition)
    cells = groups * bins + equal_mass_bins(confidence, bins)
    gaps = np.bincount(cells, weights=confidence - correct, minlength=count * bins).reshape(count, bins)
    sizes = weights @ group_sums(groups, np.ones(len(gold)), count)
    log_loss = weights @ group_sums(groups, metrics.log_losses(probabilities, gold), count)
    brier = weights @ group_sums(groups, metrics.brier_scores(probabilities, gold), count)
    return {
        "log_loss": metrics.divide(log_loss, sizes),
        "brier": metrics.divide(brier, sizes),
        "ece": metrics.divide(np.abs(weights @ gaps).sum(axis=-1), sizes),
    }


def _fold_scores(outcomes: Outcomes, model: str, contrast: list[int]) -> list[FoldScore]:
    scores = []
    for row, repetition in enumerate(outcomes.repetitions):
        for fold in np.unique(outcomes.folds[row][outcomes.tested[row]]):
            chosen = outcomes.folds[row] == fold
            predicted = metrics.predicted_labels(outcomes.probabilities[model][row, chosen])
            confusion = metrics.confusion_matrix(outcomes.gold[chosen], predicted, len(outcomes.labels))
            macro_f1, accuracy = float(metrics.macro_f1(confusion)), float(metrics.accuracy(confusion))
            pair = float(metrics.contrast_f1(confusion, contrast)) if contrast else float("nan")
            scores.append(FoldScore(repetition, int(fold), macro_f1, accuracy, int(chosen.sum()), pair))
    return scores
