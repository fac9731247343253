"""Every metric that a report shows, as functions of confusion matrices or of probabilities.

Conventions, the same everywhere:

- A confusion matrix has gold labels as rows and predicted labels as columns, in codebook order. Functions of it take
  any leading dimensions, so thousands of resamples are scored in one call; counts may be weighted.
- The predicted label is the most probable one; of equally probable ones, the first in codebook order.
- **A label without gold sentences has no precision, recall or F1 (NaN): there is nothing to find.** Macro-F1 averages
  over the labels that do occur in the gold sentences at hand, and so does contrast F1. Averaging over all labels of the
  codebook would count such a label as 0 and let the make-up of a test fold decide the score; averaging over gold and
  predicted labels would let two models on the same sentences be averaged over different labels. A false prediction
  of an absent label still costs recall of the label that it should have been.
- A label that occurs but is never predicted has precision, recall and F1 of 0.
- No sentences at all: NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PROBABILITY_FLOOR = float(np.finfo(np.float64).eps)
"""Log-loss takes no probability below this (2.2e-16, as scikit-learn): a sure and wrong prediction costs 36.04 nats."""


def predicted_labels(probabilities: NDArray[Any]) -> Integers:
    """Index of the most probable label, shape (..., labels) to (...); of equals, the first in codebook order."""
    return np.asarray(np.argmax(probabilities, axis=-1), dtype=np.int64)


def confusion_matrix(gold: Integers, predicted: Integers, labels: int) -> Floats:
    """Counts of shape (labels, labels) from two index arrays of shape (sentences,)."""
    counts = np.bincount(gold * labels + predicted, minlength=labels * labels)
    return np.asarray(counts.reshape(labels, labels), dtype=np.float64)


def divide(numerator: NDArray[Any], denominator: NDArray[Any]) -> Floats:
    """Elementwise quotient, NaN where the denominator is 0."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    empty = np.full(denominator.shape, np.nan)
    return np.asarray(np.divide(numerator, denominator, out=empty, where=denominator != 0))


def mean_defined(values: NDArray[Any], axis: int) -> Floats:
    """Mean over `axis` of the values that are not NaN; NaN where none is."""
    defined = ~np.isnan(values)
    return divide(np.where(defined, values, 0.0).sum(axis=axis), defined.sum(axis=axis))


def precision(confusion: Floats) -> Floats:
    """Share of a label's predictions that are right, shape (..., labels), in [0, 1]; see the conventions above."""
    predicted = confusion.sum(axis=-2)
    share = np.where(predicted == 0, 0.0, divide(np.diagonal(confusion, axis1=-2, axis2=-1), predicted))
    return np.where(confusion.sum(axis=-1) == 0, np.nan, share)


def recall(confusion: Floats) -> Floats:
    """Share of a label's gold sentences that are found, shape (..., labels), in [0, 1]; NaN without gold sentences."""
    return divide(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1))


def f1(confusion: Floats) -> Floats:
    """Harmonic mean of precision and recall, shape (..., labels), in [0, 1]; NaN without gold sentences."""
    gold = confusion.sum(axis=-1)
    scores = divide(2 * np.diagonal(confusion, axis1=-2, axis2=-1), gold + confusion.sum(axis=-2))
    return np.where(gold == 0, np.nan, scores)


def macro_f1(confusion: Floats) -> Floats:
    """Unweighted mean F1 of the labels that occur in the gold sentences, shape (...), in [0, 1]."""
    return mean_defined(f1(confusion), axis=-1)


def contrast_f1(confusion: Floats, contrast: Sequence[int]) -> Floats:
    """Mean F1 of the labels at the positions `contrast` that occur in the gold sentences, shape (...), in [0, 1].

    For stance this is the mean of F1 for favor and against, the measure of SemEval-2016 task 6 (Mohammad et al. 2016).
    """
    return mean_defined(f1(confusion)[..., list(contrast)], axis=-1)


def accuracy(confusion: Floats) -> Floats:
    """Share of sentences whose predicted label is right, shape (...), in [0, 1]."""
    return divide(np.trace(confusion, axis1=-2, axis2=-1), confusion.sum(axis=(-2, -1)))


def matthews_correlation(confusion: Floats) -> Floats:
    """Matthews' correlation for any number of labels (Gorodkin 2004, R_K), shape (...), in [-1, 1].

    0 where gold or predictions are all of one label, as in scikit-learn.
    """
    gold, predicted = confusion.sum(axis=-1), confusion.sum(axis=-2)
    total = gold.sum(axis=-1)
    covariance = np.trace(confusion, axis1=-2, axis2=-1) * total - (gold * predicted).sum(axis=-1)
    spread = (total**2 - (gold**2).sum(axis=-1)) * (total**2 - (predicted**2).sum(axis=-1))
    correlation = np.where(spread == 0, 0.0, divide(covariance, np.sqrt(spread)))
    return np.where(total == 0, np.nan, correlation)


def log_losses(probabilities: Floats, gold: Integers) -> Floats:
    """Negative natural logarithm of each gold label's probability, shape (sentences,), in [0, 36.04].

    Probabilities are taken to be at least PROBABILITY_FLOOR; without it a one-hot model (majority) would cost infinity.
    """
    chosen = probabilities[np.arange(len(gold)), gold]
    return -np.log(np.clip(chosen, PROBABILITY_FLOOR, 1.0))


def brier_scores(probabilities: Floats, gold: Integers) -> Floats:
    """Squared distance of each probability vector from the one-hot gold label, shape (sentences,), in [0, 2].

    The original definition of Brier (1950), summed over labels and not halved.
    """
    onehot = np.eye(probabilities.shape[-1])[gold]
    return np.asarray(((probabilities - onehot) ** 2).sum(axis=-1), dtype=np.float64)
