"""What picking the best of several runs would feign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def expected_best(values: Sequence[float]) -> list[float]:
    """Expected highest of n = 1 … R scores drawn from the R `values` with replacement; the first is their mean.

    The expected validation performance of Dodge et al., "Show Your Work" (2019), with the empirical distribution: the
    k-th smallest value is the highest of n draws with probability (k/R)^n - ((k-1)/R)^n.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count = len(ordered)
    steps = np.arange(count + 1) / max(count, 1)
    return [float(ordered @ np.diff(steps**draws)) for draws in range(1, count + 1)]
