"""What leaving the least confident predictions to a person buys: risk against coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.metrics import Floats, Integers


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Risk (share wrong) among the most confident predictions, for every coverage k/n with k = 1 … n.

    `coverage` and `risk` have shape (n,). `area` is the mean risk over all coverages, in [0, 1], lower is better (AURC
    of Geifman et al. 2019); NaN without predictions.
    """

    coverage: Floats
    risk: Floats
    area: float

    def thinned(self, points: int) -> tuple[Floats, Floats]:
        """At most `points` evenly spread points of the curve, the first and the last among them."""
        count = len(self.coverage)
        chosen = np.unique(np.linspace(0, max(count - 1, 0), min(points, count)).round().astype(np.int64))
        return self.coverage[chosen], self.risk[chosen]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Accept predictions whose confidence is at least `threshold`; that covers the share `coverage` of them.

    Where no threshold reaches the precision, coverage is 0 and the threshold None: accept nothing.
    """

    coverage: float
    threshold: float | None


def risk_coverage(confidence: Floats, correct: Floats) -> RiskCoverage:
    """The curve for predictions with `confidence` (n,) that are right where `correct` (n,) is 1.

    Equal confidences cannot be told apart: within a tie, risk is its expectation over a random order, so the order of
    sentences never matters.
    """
    if len(confidence) == 0:
        return RiskCoverage(np.zeros(0), np.zeros(0), float("nan"))
    _, tie, counts = _ties(confidence)
    wrong = np.bincount(tie, weights=1.0 - correct) / counts
    accepted = np.arange(1, len(confidence) + 1)
    risk = np.cumsum(np.repeat(wrong, counts)) / accepted
    return RiskCoverage(accepted / len(confidence), risk, float(risk.mean()))


def operating_point(confidence: Floats, correct: Floats, precision: float) -> OperatingPoint:
    """The largest coverage at which at least `precision` of the accepted predictions are right.

    A threshold chosen on the very predictions that it is reported for is a little optimistic; store the one that was
    found out of fold, and expect slightly less than `precision` from it.
    """
    if len(confidence) == 0:
        return OperatingPoint(0.0, None)
    levels, tie, counts = _ties(confidence)
    accepted = np.cumsum(counts)
    share_right = np.cumsum(np.bincount(tie, weights=correct)) / accepted
    reached = np.flatnonzero(share_right >= precision - 1e-12)
    if len(reached) == 0:
        return OperatingPoint(0.0, None)
    last = reached[-1]
    return OperatingPoint(float(accepted[last] / len(confidence)), float(levels[last]))


def _ties(confidence: Floats) -> tuple[Floats, Integers, Integers]:
    """Distinct confidences from high to low, the position of each prediction among them, and their counts."""
    levels, inverse, counts = np.unique(-confidence, return_inverse=True, return_counts=True)
    return -levels, inverse, counts
