"""Macro-F1 against the number of labelled sentences, and what more labels would be likely to bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.evaluation.estimates import Estimate
from pipeline.evaluation.probes import PROBE, REFERENCE, Answer, Gold, paired_outcomes, resampling, scored


def evaluate_curve(answers: Sequence[Answer], reference_size: float, gold: Gold) -> dict[str, Any]:
    """Points of one model, a task at a time, by rising size; `answers` hold its trainings on fewer sentences.

    The last point is the model left alone, which trained on `reference_size` sentences (mean over folds). All points
    are of the same tested sentences and resamples. `gain` is the last point minus the one nearest to half its size.
    """
    tasks: dict[str, Any] = {}
    confidence = gold.settings.confidence
    for task in gold.codebook.tasks:
        points: list[tuple[float, Estimate]] = []
        full: Estimate | None = None
        for answer in answers:
            outcomes = paired_outcomes(answer, gold, task)
            if outcomes is None:
                continue
            weights = resampling(outcomes, gold)
            points.append((sum(answer.sizes) / len(answer.sizes), scored(outcomes, PROBE, weights).macro_f1))
            full = scored(outcomes, REFERENCE, weights).macro_f1
        if full is None:
            continue
        points.sort(key=lambda point: point[0])
        half, before = min(points, key=lambda point: abs(point[0] - reference_size / 2))
        gain = full - before
        tasks[task] = {
            "points": [
                {"train": size, "macro_f1": estimate.to_json(confidence)}
                for size, estimate in (*points, (reference_size, full))
            ],
            "gain": {"from": half, "to": reference_size, **gain.to_json(confidence)},
            "outcome": _outcome(gain, confidence),
        }
    return tasks


def _outcome(gain: Estimate, confidence: float) -> str:
    """`rising` or `falling` where the interval of the gain excludes 0, else `undecided`."""
    limits = gain.interval(confidence)
    if limits is None or limits[0] <= 0 <= limits[1]:
        return "undecided"
    return "rising" if limits[0] > 0 else "falling"
