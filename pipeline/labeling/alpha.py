"""Krippendorff's alpha for nominal labels, and its bootstrap distribution over sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import krippendorff
import numpy as np
from numpy.typing import NDArray

BATCH = 4_000_000
"""Cells of the weight matrix held at once."""

Counts = NDArray[np.int64]
"""Shape (sentences, labels): how many annotators gave each label. Every row sums to 2 or more."""


def alpha(counts: Counts) -> float | None:
    """Krippendorff's alpha in (-1, 1]; None where it is undefined, as all annotators gave one and the same label."""
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return None
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def weighted_alpha(counts: Counts, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Alpha of many weightings of the same sentences at once; NaN where it is undefined.

    `weights`, of shape (resamples, sentences), says how often each resample holds each sentence; the result has shape
    (resamples,). Equal to `alpha` of the repeated rows, by the coincidence counts of Krippendorff, "Computing
    Krippendorff's Alpha-Reliability" (2011), part D.
    """
    raters = counts.sum(axis=1)
    disagreement = (raters**2 - (counts**2).sum(axis=1)) / (raters - 1)
    totals = weights @ counts
    n = totals.sum(axis=1)
    observed = weights @ disagreement
    expected = n**2 - (totals**2).sum(axis=1)
    defined = expected > 0
    return np.where(defined, 1 - (n - 1) * observed / np.where(defined, expected, 1), np.nan)


def bootstrap(
    tables: Sequence[Counts],
    statistic: Callable[[Counts, NDArray[np.float64]], NDArray[np.float64]],
    resamples: int,
    seed: int,
) -> NDArray[np.float64]:
    """`statistic` of each table in `resamples` draws of sentences with replacement; shape (tables, resamples).

    `statistic` is `weighted_alpha` or another of its signature. The tables count the same sentences and share each
    draw; equal seeds draw alike. Zapf et al., "Measuring inter-rater reliability for nominal data" (2016), find this
    bootstrap over units to cover as it should.
    """
    rng = np.random.default_rng(seed)
    sentences = len(tables[0])
    batch = max(1, BATCH // sentences)
    drawn: list[NDArray[np.float64]] = []
    for start in range(0, resamples, batch):
        draws = rng.multinomial(sentences, np.full(sentences, 1 / sentences), size=min(batch, resamples - start))
        weights = draws.astype(np.float64)
        drawn.append(np.stack([statistic(table, weights) for table in tables]))
    return np.concatenate(drawn, axis=1)


def interval(values: NDArray[np.float64], confidence: float) -> list[float] | None:
    """Percentile interval of the defined `values`; None where there are none."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    tail = (1 - confidence) / 2
    return [float(bound) for bound in np.quantile(defined, [tail, 1 - tail])]
