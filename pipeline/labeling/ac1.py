"""Gwet's AC1: agreement corrected for chance in a way that stays meaningful where one label is rare or rules."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.labeling.alpha import Counts


def ac1(counts: Counts) -> float:
    """Gwet's AC1, at most 1; 1 also where all annotators gave one and the same label.

    `counts` has shape (sentences, labels), a column for every label of the codebook, used or not; at least one row
    sums to 2 or more. Sentences with a single label count towards how frequent the labels are, as Gwet has it in
    "Computing inter-rater reliability and its variance in the presence of high agreement" (2008).
    """
    return float(weighted_ac1(counts, np.ones((1, len(counts))))[0])


def weighted_ac1(counts: Counts, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """AC1 of many weightings of the same sentences at once; NaN where no sentence with two labels has a weight.

    `weights`, of shape (resamples, sentences), says how often each resample holds each sentence; the result has shape
    (resamples,).
    """
    raters = counts.sum(axis=1)
    shared = raters > 1
    several = raters[shared]
    agreeing = (counts[shared] * (counts[shared] - 1)).sum(axis=1) / (several * (several - 1))
    total = weights[:, shared].sum(axis=1)
    observed = np.divide(weights[:, shared] @ agreeing, total, out=np.full(len(weights), np.nan), where=total > 0)
    frequency = weights @ (counts / raters[:, None]) / np.maximum(weights.sum(axis=1), 1)[:, None]
    expected = (frequency * (1 - frequency)).sum(axis=1) / (counts.shape[1] - 1)
    return np.asarray((observed - expected) / (1 - expected), dtype=np.float64)
