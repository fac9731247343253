"""Scores a target at a time: a score over all of them can hide one that a model has not learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.evaluation.outcomes import Outcomes, restrict
from pipeline.evaluation.resampling import MINIMUM_GROUPS, group_weights
from pipeline.evaluation.scores import score_model
from pipeline.evaluation.summary import repeated, summarize_task
from pipeline.seeding import derive_seed
from pipeline.settings.evaluation import EvaluationSettings

MEASURES = ("macro_f1", "contrast_f1", "accuracy")


def by_target(
    outcomes: Outcomes, targets: Mapping[str, str], contrast: list[int], settings: EvaluationSettings, seed: int
) -> dict[str, Any]:
    """Support, counts and the scores of every model for each target; empty where there are fewer than two.

    `targets` maps sentence ids to targets. Intervals come from resamples of the groups within a target.
    """
    of_sentence = np.array([targets.get(one, "") for one in outcomes.sentences], dtype=np.str_)
    names = [str(name) for name in np.unique(of_sentence) if name]
    if len(names) < 2:
        return {}
    return {name: _target(name, restrict(outcomes, of_sentence == name), contrast, settings, seed) for name in names}


def _target(
    name: str, outcomes: Outcomes, contrast: list[int], settings: EvaluationSettings, seed: int
) -> dict[str, Any]:
    count = outcomes.group_count
    resamples = settings.bootstrap if count >= MINIMUM_GROUPS else 0
    weights = group_weights(count, resamples, derive_seed(seed, "bootstrap", outcomes.task, name))
    models = {}
    for model in outcomes.probabilities:
        scores = score_model(outcomes, model, weights, contrast, settings.calibration_bins)
        shown = [measure for measure in MEASURES if measure in scores.values]
        models[model] = {measure: repeated(measure, scores, settings.confidence) for measure in shown}
    return {key: value for key, value in summarize_task(outcomes).items() if key != "labels"} | {"models": models}
