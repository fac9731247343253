"""Predictions in, `metrics.json` and `comparison.json` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.codebook import Codebook
from pipeline.errors import ConfigError
from pipeline.evaluation.caveats import task_warnings
from pipeline.evaluation.comparison import Comparison, compare
from pipeline.evaluation.metrics import PROBABILITY_FLOOR
from pipeline.evaluation.outcomes import Fold, Outcomes, align
from pipeline.evaluation.resampling import MINIMUM_GROUPS, group_weights
from pipeline.evaluation.scores import ModelScores, score_model
from pipeline.evaluation.summary import summarize_model, summarize_task
from pipeline.evaluation.targets import by_target
from pipeline.evaluation.tiers import TIER_RULE
from pipeline.evaluation.verdict import outcome, verdict
from pipeline.records import LabeledSentence, Prediction
from pipeline.seeding import derive_seed
from pipeline.settings.evaluation import EvaluationSettings

SCHEMA = 1
"""Version of the layout of both files."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The contents of `metrics.json` and `comparison.json`; `warnings` are those of `metrics`, for the console."""

    metrics: dict[str, Any]
    comparison: dict[str, Any]
    warnings: list[str]


def evaluate(
    predictions: Sequence[Prediction],
    labeled: Sequence[LabeledSentence],
    groups: Mapping[str, str],
    sizes: Mapping[Fold, tuple[int, int]],
    codebook: Codebook,
    settings: EvaluationSettings,
    seed: int,
) -> Evaluation:
    """Score all models on all tasks, and compare the pairs of `settings`.

    `groups` maps the id of each tested sentence to its group, `sizes` each (repetition, fold) to its numbers of
    training and test sentences. The metrics of a repetition pool the predictions of its folds; what is reported is
    their mean over repetitions. The order of the arguments changes no number. Raises DataError for predictions that
    are missing, repeated or malformed (see `outcomes.align`), ConfigError for a primary measure that a task does not
    have.
    """
    _check_primary(codebook, settings)
    targets = {sentence.id: sentence.target for sentence in labeled if sentence.target}
    tasks: dict[str, Any] = {}
    comparisons: list[Comparison] = []
    warnings: list[str] = []
    for outcomes in align(predictions, labeled, groups, sizes, codebook):
        warnings += task_warnings(outcomes, labeled)
        if not outcomes.sentences:
            continue
        scores = _score(outcomes, codebook, settings, seed)
        tasks[outcomes.task] = summarize_task(outcomes) | {
            "primary": settings.measure(outcomes.task),
            "models": {
                model: summarize_model(outcomes, model, score, settings.confidence, settings.calibration_bins)
                for model, score in scores.items()
            },
        }
        if found := by_target(outcomes, targets, _contrast(outcomes, codebook), settings, seed):
            tasks[outcomes.task]["targets"] = found
        for a, b in settings.compare:
            absent = [model for model in (a, b) if model not in scores]
            if absent:
                warnings.append(f"{outcomes.task}: {a} is not compared with {b}, for want of {' and '.join(absent)}")
                continue
            measure = settings.measure(outcomes.task)
            comparisons.append(compare(outcomes, (a, b), scores, sizes, settings.confidence, measure))
            warnings += [f"{outcomes.task}, {a} against {b}: {note}" for note in comparisons[-1].notes]
    metrics = {
        "schema": SCHEMA,
        "repetitions": len({repetition for repetition, _ in sizes}),
        "bootstrap": {"resamples": settings.bootstrap, "confidence": settings.confidence, "unit": "group"},
        "log_loss_floor": PROBABILITY_FLOOR,
        "tier_rule": TIER_RULE,
        "tasks": tasks,
        "warnings": warnings,
    }
    return Evaluation(metrics, _summarize_comparisons(comparisons, settings), warnings)


def _score(outcomes: Outcomes, codebook: Codebook, settings: EvaluationSettings, seed: int) -> dict[str, ModelScores]:
    count = outcomes.group_count
    resamples = settings.bootstrap if count >= MINIMUM_GROUPS else 0
    weights = group_weights(count, resamples, derive_seed(seed, "bootstrap", outcomes.task))
    contrast = _contrast(outcomes, codebook)
    return {
        model: score_model(outcomes, model, weights, contrast, settings.calibration_bins)
        for model in outcomes.probabilities
    }


def _contrast(outcomes: Outcomes, codebook: Codebook) -> list[int]:
    """Positions of the labels that the codebook contrasts."""
    return [codebook.index(outcomes.task, label) for label in codebook.tasks[outcomes.task].contrast]


def _check_primary(codebook: Codebook, settings: EvaluationSettings) -> None:
    for task, measure in settings.primary.items():
        if task not in codebook.tasks:
            raise ConfigError(f"evaluation.primary names {task!r}; the codebook has {', '.join(codebook.tasks)}")
        if measure == "contrast_f1" and not codebook.tasks[task].contrast:
            raise ConfigError(
                f"evaluation.primary.{task} is contrast_f1, but the codebook contrasts no labels; set"
                f" codebook.tasks.{task}.contrast"
            )


def _summarize_comparisons(comparisons: Sequence[Comparison], settings: EvaluationSettings) -> dict[str, Any]:
    """All pairs, and a task at a time the headline: the first pair of the settings."""
    pairs = [{"task": c.task, **_summarize_comparison(c, settings.confidence)} for c in comparisons]
    headline = tuple(settings.compare[0]) if settings.compare else None
    return {
        "schema": SCHEMA,
        "alpha": float(np.round(1 - settings.confidence, 12)),
        "correction": "none",
        "tasks": {c.task: _summarize_comparison(c, settings.confidence) for c in comparisons if (c.a, c.b) == headline},
        "pairs": pairs,
    }


def _summarize_comparison(c: Comparison, confidence: float) -> dict[str, Any]:
    return {
        "a": c.a,
        "b": c.b,
        "metric": c.metric,
        "difference": c.difference,
        "ci": None if c.ci is None else list(c.ci),
        "p_bootstrap": c.p_bootstrap,
        "p_mcnemar": c.mcnemar.p,
        "p_corrected_t": c.p_corrected_t,
        "mcnemar": {"a_only": c.mcnemar.a_only, "b_only": c.mcnemar.b_only},
        "folds": c.folds,
        "outcome": outcome(c, confidence),
        "verdict": verdict(c, confidence),
    }
