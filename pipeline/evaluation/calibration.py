"""Whether probabilities mean what they say, and temperature scaling, which mends them without changing a label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from pipeline.errors import DataError
from pipeline.evaluation.metrics import PROBABILITY_FLOOR, Floats, Integers, log_losses

TEMPERATURE_RANGE = (0.05, 20.0)
"""Bounds of the fit: where every prediction is right (or none is) the best temperature would be 0 (or infinite)."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions of similar confidence: mean confidence, share right, and how many."""

    confidence: float
    accuracy: float
    count: int


def equal_mass_bins(confidence: Floats, bins: int) -> Integers:
    """Bin of each prediction, shape (n,), in [0, bins): bins of equal mass, least confident first.

    Adaptive bins as in Nguyen and O'Connor (2015). Equal confidences share the bin of their lowest rank, so that the
    order of sentences never matters; with many ties bins are unequal and some stay empty.
    """
    ranks = np.searchsorted(np.sort(confidence), confidence, side="left")
    return np.asarray(ranks * bins // max(len(confidence), 1), dtype=np.int64)


def reliability_table(confidence: Floats, correct: Floats, bins: int) -> list[ReliabilityBin]:
    """Equal-mass bins of the top label's probability, least confident first, empty ones left out."""
    index = equal_mass_bins(confidence, bins)
    counts = np.bincount(index, minlength=bins)
    confidences = np.bincount(index, weights=confidence, minlength=bins)
    rights = np.bincount(index, weights=correct, minlength=bins)
    return [
        ReliabilityBin(float(confidences[k] / counts[k]), float(rights[k] / counts[k]), int(counts[k]))
        for k in np.flatnonzero(counts)
    ]


def expected_calibration_error(confidence: Floats, correct: Floats, bins: int) -> float:
    """Mean distance of confidence and accuracy over equal-mass bins, weighted by their counts, in [0, 1].

    NaN without predictions. The estimate is biased upwards, the more so the fewer predictions a bin holds.
    """
    if len(confidence) == 0:
        return float("nan")
    table = reliability_table(confidence, correct, bins)
    return sum(abs(row.confidence - row.accuracy) * row.count for row in table) / len(confidence)


def fit_temperature(probabilities: Floats, gold: Integers) -> float:
    """Temperature that minimises the log-loss of `probabilities` (n, labels) for the `gold` indices (n,).

    Temperature scaling after Guo et al. (2017), to be fitted on development sentences that were not trained on.
    Above 1 it makes predictions less sure. Logits are not needed: softmax(logits / T) is softmax(log p / T). Raises
    DataError without sentences.
    """
    if len(gold) == 0:
        raise DataError("temperature scaling got no sentences; it needs a development part with at least one")

    def loss(log_temperature: float) -> float:
        return float(log_losses(apply_temperature(probabilities, float(np.exp(log_temperature))), gold).mean())

    low, high = np.log(TEMPERATURE_RANGE)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def apply_temperature(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities (..., labels) softened by `temperature` > 0; rows still sum to 1 and keep their order.

    Probabilities are taken to be at least PROBABILITY_FLOOR.
    """
    scaled = np.log(np.maximum(probabilities, PROBABILITY_FLOOR)) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float64)
