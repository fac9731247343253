"""What a changed training or test does to a model's macro-F1, and whether that is as it should be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline.codebook import Codebook
from pipeline.evaluation.chance import chance_confusion
from pipeline.evaluation.estimates import Estimate
from pipeline.evaluation.metrics import Floats, macro_f1, predicted_labels
from pipeline.evaluation.outcomes import Outcomes, align
from pipeline.evaluation.probe_verdict import judge
from pipeline.evaluation.resampling import MINIMUM_GROUPS, group_confusions, group_weights, resample
from pipeline.records import LabeledSentence, Prediction
from pipeline.seeding import derive_seed
from pipeline.settings.evaluation import EvaluationSettings

REFERENCE, PROBE = "reference", "probe"


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's predictions under a probe, and those of the same model left alone.

    `parts` names the trainings by the fold number of their predictions; `sizes` are their numbers of training
    sentences.
    """

    probe: str
    model: str
    parts: tuple[str, ...]
    sizes: tuple[int, ...]
    predictions: Sequence[Prediction]
    reference: Sequence[Prediction]


@dataclass(frozen=True, slots=True)
class Scored:
    """Macro-F1 of one model's predictions, and that of chance."""

    macro_f1: Estimate
    chance: Estimate

    @property
    def lead(self) -> Estimate:
        """How far macro-F1 lies above chance."""
        return self.macro_f1 - self.chance

    def to_json(self, confidence: float) -> dict[str, Any]:
        """Both figures as `probes.json` has them."""
        return {"macro_f1": self.macro_f1.to_json(confidence), "chance": self.chance.to_json(confidence)["mean"]}


@dataclass(frozen=True, slots=True)
class Gold:
    """What every comparison needs: labels, groups, and how to resample."""

    labeled: Sequence[LabeledSentence]
    groups: Mapping[str, str]
    codebook: Codebook
    settings: EvaluationSettings
    seed: int


def evaluate_probe(answer: Answer, gold: Gold, name_tasks: Collection[str], by_part: bool) -> dict[str, Any]:
    """Scores of `answer` beside its reference, a task at a time, on the sentences that both predict.

    Intervals come from a bootstrap over groups and are paired. `name_tasks` are tasks that ask for names; masking these
    takes the answer away, so that nothing is demanded there. With `by_part`, every part is scored by itself too.
    """
    tasks: dict[str, Any] = {}
    for task in gold.codebook.tasks:
        outcomes = paired_outcomes(answer, gold, task)
        if outcomes is None:
            continue
        weights = resampling(outcomes, gold)
        reference, probe = (scored(outcomes, name, weights) for name in (REFERENCE, PROBE))
        confidence = gold.settings.confidence
        tasks[task] = {
            "sentences": len(outcomes.sentences),
            "groups": outcomes.group_count,
            REFERENCE: reference.to_json(confidence),
            PROBE: probe.to_json(confidence),
            "difference": (probe.macro_f1 - reference.macro_f1).to_json(confidence),
            "retained": (probe.lead / reference.lead).to_json(confidence),
            **judge(answer.probe, reference, probe, confidence, asks_names=task in name_tasks),
        }
        if by_part:
            tasks[task]["parts"] = [_part(answer, gold, task, number) for number in range(len(answer.parts))]
    return tasks


def paired_outcomes(answer: Answer, gold: Gold, task: str) -> Outcomes | None:
    """Both sides' predictions for `task`, as two models, on the labelled sentences that both predict; None without any.

    The folds of the two may differ; none is told apart here.
    """
    labelled = {one.id for one in gold.labeled if one.labels.get(task) is not None}
    sides = {
        name: {one.sentence: one for one in predictions if one.task == task and one.sentence in labelled}
        for name, predictions in ((REFERENCE, answer.reference), (PROBE, answer.predictions))
    }
    shared = sides[REFERENCE].keys() & sides[PROBE].keys()
    if not shared:
        return None
    renamed = [
        replace(table[one], model=name, repetition=0, fold=0) for name, table in sides.items() for one in sorted(shared)
    ]
    (outcomes,) = align(renamed, gold.labeled, gold.groups, {(0, 0): (1, len(shared))}, gold.codebook)
    return outcomes


def resampling(outcomes: Outcomes, gold: Gold) -> Floats:
    """Weights of groups (resamples, groups); no resamples where there are too few groups."""
    count = outcomes.group_count
    resamples = gold.settings.bootstrap if count >= MINIMUM_GROUPS else 0
    return group_weights(count, resamples, derive_seed(gold.seed, "bootstrap", outcomes.task))


def scored(outcomes: Outcomes, model: str, weights: Floats) -> Scored:
    """Macro-F1 and chance of `model` on `outcomes`, and again in each resample."""
    predicted = predicted_labels(outcomes.probabilities[model][0])
    shape = (outcomes.group_count, len(outcomes.labels))
    counts = group_confusions(outcomes.groups, outcomes.gold, predicted, shape)
    whole, samples = counts.sum(axis=0), resample(weights, counts)
    return Scored(
        Estimate(float(macro_f1(whole)), np.asarray(macro_f1(samples))),
        Estimate(float(macro_f1(chance_confusion(whole))), np.asarray(macro_f1(chance_confusion(samples)))),
    )


def _part(answer: Answer, gold: Gold, task: str, number: int) -> dict[str, Any]:
    """The figures of one training; null where none of its tested sentences has a label."""
    part = replace(answer, predictions=[one for one in answer.predictions if one.fold == number])
    described = {"part": answer.parts[number], "train": answer.sizes[number]}
    outcomes = paired_outcomes(part, gold, task)
    if outcomes is None:
        return {**described, "sentences": 0, "groups": 0, REFERENCE: None, PROBE: None, "difference": None}
    weights, confidence = resampling(outcomes, gold), gold.settings.confidence
    reference, probe = (scored(outcomes, name, weights) for name in (REFERENCE, PROBE))
    return {
        **described,
        "sentences": len(outcomes.sentences),
        "groups": outcomes.group_count,
        REFERENCE: reference.to_json(confidence),
        PROBE: probe.to_json(confidence),
        "difference": (probe.macro_f1 - reference.macro_f1).to_json(confidence),
    }
