"""Cluster bootstrap: whole groups of sentences are drawn with replacement, never single sentences.

Neighbouring sentences share topic, speaker and wording, so they succeed and fail together. Drawing them one by one
would feign more evidence than there is and give intervals that are too narrow (Field and Welsh 2007). A resample is a
vector of group weights; a metric of counts is then one matrix product away: weights (resamples, groups) @ counts
(groups, …).

Intervals speak about other groups of sentences, for the models as trained; the spread over trainings is the standard
deviation over repetitions. In a simulation of 46 groups of 15 sentences, 95 % intervals held the true accuracy in 95 %
of cases but the true macro-F1 of ten labels, some of them rare, in 91 %: rare labels make them somewhat too narrow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import Floats, Integers

MINIMUM_GROUPS = 2
"""With a single group every resample is the sample itself; there is no interval then."""


def group_weights(groups: int, resamples: int, seed: int) -> Floats:
    """How often each group is drawn, shape (resamples, groups); every row sums to `groups`."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(groups, np.full(groups, 1 / groups), size=resamples).astype(np.float64)


def group_confusions(groups: Integers, gold: Integers, predicted: Integers, shape: tuple[int, int]) -> Floats:
    """Confusion matrix of each group, shape (groups, labels, labels), for `shape` = (groups, labels)."""
    count, labels = shape
    flat = (groups * labels + gold) * labels + predicted
    counts = np.bincount(flat, minlength=count * labels * labels)
    return np.asarray(counts.reshape(count, labels, labels), dtype=np.float64)


def group_sums(groups: Integers, values: NDArray[Any], count: int) -> Floats:
    """Sum of `values` (sentences,) in each of `count` groups, shape (count,)."""
    return np.bincount(groups, weights=values, minlength=count).astype(np.float64)


def resample(weights: Floats, counts: Floats) -> Floats:
    """Weighted sums over groups: (resamples, groups) and (groups, …) give (resamples, …)."""
    flat = weights @ counts.reshape(len(counts), -1)
    return np.asarray(flat.reshape(len(weights), *counts.shape[1:]), dtype=np.float64)


def percentile_interval(samples: Floats, estimate: float, confidence: float) -> tuple[float, float] | None:
    """Central interval of the defined ones among `samples` (resamples,); None where none is or `estimate` is NaN.

    A resample without a single gold sentence of a label has no F1 for it; the interval then speaks of those with one.
    It is widened to `estimate` in the rare case that bias leaves that outside.
    """
    defined = samples[~np.isnan(samples)]
    if len(defined) == 0 or np.isnan(estimate):
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(min(low, estimate)), float(max(high, estimate))


def pivotal_interval(samples: Floats, estimate: float, confidence: float) -> tuple[float, float] | None:
    """The percentile interval mirrored at `estimate`, for an error in [0, 1] that resampling biases upwards.

    Calibration error is such a one: noise in a bin can only add to it, and every resample adds noise. Percentiles would
    lie above the truth (Davison and Hinkley 1997, section 5.2, the basic bootstrap).
    """
    percentiles = percentile_interval(samples, estimate, confidence)
    if percentiles is None:
        return None
    low, high = percentiles
    return max(0.0, 2 * estimate - high), min(1.0, 2 * estimate - low)


def two_sided_p(differences: Floats) -> float | None:
    """Two-sided p of "no difference" from bootstrapped differences (resamples,), in (0, 1]; None without any.

    Twice the smaller share of resamples on one side of 0, ties counted on both (Efron and Tibshirani 1993, ch. 15; the
    added 1 after Davison and Hinkley 1997 keeps it from being 0). It agrees with the percentile interval: below 1 minus
    the confidence where that excludes 0.
    """
    defined = differences[~np.isnan(differences)]
    if len(defined) == 0:
        return None
    smaller = min(int((defined <= 0).sum()), int((defined >= 0).sum()))
    return float(min(1.0, 2 * (smaller + 1) / (len(defined) + 1)))
