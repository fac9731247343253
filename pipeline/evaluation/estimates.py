"""A figure with the figures that resampling gives in its place: differences and ratios keep the pairing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.evaluation.metrics import Floats, divide
from pipeline.evaluation.resampling import percentile_interval

DECIMALS = 12
"""Differences are rounded to this many decimals, so that equal scores summed in another order tie exactly at 0."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value` of the sentences at hand and `samples` (resamples,) of the same figure; NaN where it is undefined."""

    value: float
    samples: Floats

    def __sub__(self, other: Estimate) -> Estimate:
        """Paired difference: both must come from the same resamples."""
        return Estimate(round(self.value - other.value, DECIMALS), np.round(self.samples - other.samples, DECIMALS))

    def __truediv__(self, other: Estimate) -> Estimate:
        """Paired ratio, NaN where `other` is 0."""
        value = float(divide(np.array(self.value), np.array(other.value)))
        return Estimate(value, divide(self.samples, other.samples))

    def interval(self, confidence: float) -> tuple[float, float] | None:
        """Percentile interval; None without resamples."""
        return percentile_interval(self.samples, self.value, confidence)

    def to_json(self, confidence: float) -> dict[str, Any]:
        """`mean` and `ci` as the files of the evaluation have them, null where undefined."""
        limits = self.interval(confidence)
        return {
            "mean": float(self.value) if np.isfinite(self.value) else None,
            "ci": None if limits is None else list(limits),
        }
