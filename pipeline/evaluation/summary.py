"""Scores as plain numbers for `metrics.json`; a figure that is undefined becomes null, never NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.evaluation.abstention import operating_point, risk_coverage
from pipeline.evaluation.calibration import reliability_table
from pipeline.evaluation.metrics import Floats, mean_defined
from pipeline.evaluation.outcomes import Outcomes
from pipeline.evaluation.resampling import percentile_interval, pivotal_interval
from pipeline.evaluation.scores import ModelScores, confidence_and_correct
from pipeline.evaluation.tiers import tier

CURVE_POINTS = 100
PRECISIONS = (0.90, 0.95)
"""Precisions whose coverage and threshold are reported."""

PER_REPETITION = ("macro_f1", "accuracy", "mcc", "contrast_f1", "log_loss", "brier", "ece")
PER_LABEL = ("precision", "recall", "f1")


def number(value: float) -> float | None:
    """`value` as JSON can hold it: None for NaN and infinities."""
    return float(value) if np.isfinite(value) else None


def summarize_task(outcomes: Outcomes) -> dict[str, Any]:
    """Labels, support and counts of a task, over all sentences that any repetition tested."""
    support = np.bincount(outcomes.gold, minlength=len(outcomes.labels))
    return {
        "labels": list(outcomes.labels),
        "support": dict(zip(outcomes.labels, support.tolist(), strict=True)),
        "sentences": len(outcomes.sentences),
        "groups": outcomes.group_count,
    }


def summarize_model(
    outcomes: Outcomes, model: str, scores: ModelScores, confidence: float, bins: int
) -> dict[str, Any]:
    """Everything that `metrics.json` says about one model on one task.

    Reliability and risk-coverage pool the predictions of all repetitions, each that of one trained model, so their
    counts are sums over repetitions; the confusion matrix holds mean counts.
    """
    pairs = [confidence_and_correct(outcomes, model, row) for row in range(len(outcomes.repetitions))]
    confidences, correct = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    present = [name for name in PER_REPETITION if name in scores.values]
    return {
        **{name: repeated(name, scores, confidence) for name in present},
        "labels": _summarize_labels(outcomes, scores, confidence),
        "confusion": scores.confusions.mean(axis=0).tolist(),
        "per_fold": [
            {
                "repetition": fold.repetition,
                "fold": fold.fold,
                "macro_f1": number(fold.macro_f1),
                "accuracy": number(fold.accuracy),
                "n_test": fold.n_test,
            }
            for fold in scores.folds
        ],
        "reliability": [
            {"confidence": row.confidence, "accuracy": row.accuracy, "count": row.count}
            for row in reliability_table(confidences, correct, bins)
        ],
        "risk_coverage": _summarize_abstention(confidences, correct),
    }


def _spread(values: Floats, samples: Floats, confidence: float, pivotal: bool = False) -> dict[str, Any]:
    """Mean and standard deviation (n - 1) over repetitions (R,), and the interval of the mean from resamples (B,)."""
    defined = values[~np.isnan(values)]
    mean = float(mean_defined(values, axis=0))
    limits = (pivotal_interval if pivotal else percentile_interval)(samples, mean, confidence)
    return {
        "mean": number(mean),
        "sd": number(defined.std(ddof=1)) if len(defined) > 1 else None,
        "ci": None if limits is None else list(limits),
    }


def repeated(name: str, scores: ModelScores, confidence: float) -> dict[str, Any]:
    """Mean over repetitions, spread, interval, and each repetition's value of the measure `name`."""
    values = scores.values[name]
    spread = _spread(values, scores.samples[name], confidence, pivotal=name == "ece")
    return {**spread, "per_repetition": [number(value) for value in values]}


def _summarize_labels(outcomes: Outcomes, scores: ModelScores, confidence: float) -> dict[str, Any]:
    support = np.bincount(outcomes.gold, minlength=len(outcomes.labels))
    summaries: dict[str, Any] = {}
    for column, label in enumerate(outcomes.labels):
        summary: dict[str, Any] = {
            name: _spread(scores.values[name][:, column], scores.samples[name][:, column], confidence)
            for name in PER_LABEL
        }
        limits = summary["f1"]["ci"]
        summary["support"] = int(support[column])
        summary["tier"] = tier(limits[0] if limits else None, int(support[column]))
        summaries[label] = summary
    return summaries


def _summarize_abstention(confidences: Floats, correct: Floats) -> dict[str, Any]:
    curve = risk_coverage(confidences, correct)
    coverage, risk = curve.thinned(CURVE_POINTS)
    points = {f"{precision:.2f}": operating_point(confidences, correct, precision) for precision in PRECISIONS}
    return {
        "coverage": coverage.tolist(),
        "risk": risk.tolist(),
        "area": number(curve.area),
        "at_precision": {
            precision: {"coverage": point.coverage, "threshold": point.threshold} for precision, point in points.items()
        },
    }
