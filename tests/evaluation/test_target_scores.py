"""Several targets and a measure of their own: pooled, a target at a time, and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.evaluation.metrics import confusion_matrix, contrast_f1

Study = Any


def aimed(study: Study) -> Study:
    """Every other group is about dams, the others about roads."""
    targets = [("dams", "roads")[int(study.groups[one.id][1:]) % 2] for one in study.labeled]
    return replace(study, labeled=[replace(one, target=t) for one, t in zip(study.labeled, targets, strict=True)])


def test_each_target_is_scored_by_itself(study: Study) -> None:
    made = aimed(study)
    task = made.evaluate().metrics["tasks"]["stance"]
    assert list(task["targets"]) == ["dams", "roads"]
    assert sum(one["sentences"] for one in task["targets"].values()) == task["sentences"]
    labels = made.codebook.labels("stance")
    gold = {one.id: labels.index(str(one.labels["stance"])) for one in made.labeled if one.target == "dams"}
    rows = {p.sentence: p.probabilities for p in made.predictions if (p.task, p.model) == ("stance", "good")}
    predicted = np.array([int(np.argmax(rows[one])) for one in gold])
    matrix = confusion_matrix(np.array(list(gold.values())), predicted, 3)
    found = task["targets"]["dams"]["models"]["good"]["contrast_f1"]
    assert found["mean"] == pytest.approx(float(contrast_f1(matrix, [0, 1])))
    assert found["ci"][0] < found["mean"] < found["ci"][1]


def test_targets_change_no_score_over_all_and_one_target_is_none(study: Study) -> None:
    plain, several = study.evaluate().metrics["tasks"]["stance"], aimed(study).evaluate().metrics["tasks"]["stance"]
    assert several["models"] == plain["models"]
    assert "targets" not in plain
    one = replace(study, labeled=[replace(sentence, target="dams") for sentence in study.labeled])
    assert "targets" not in one.evaluate().metrics["tasks"]["stance"]


def test_a_single_group_of_a_target_has_no_interval(study: Study) -> None:
    lone = [replace(one, target="lone" if study.groups[one.id] == "g00" else "rest") for one in study.labeled]
    targets = replace(study, labeled=lone).evaluate().metrics["tasks"]["stance"]["targets"]
    assert targets["lone"]["models"]["good"]["accuracy"]["ci"] is None
    assert targets["lone"]["models"]["good"]["accuracy"]["mean"] is not None


def test_the_primary_measure_is_what_models_are_compared_by(study: Study) -> None:
    evaluation = study.evaluate(primary={"stance": "contrast_f1"})
    stance, frame = (evaluation.comparison["tasks"][task] for task in ("stance", "frame"))
    models = evaluation.metrics["tasks"]["stance"]["models"]
    means = [models[model]["contrast_f1"]["mean"] for model in ("good", "poor")]
    assert stance["metric"] == "contrast_f1"
    assert stance["difference"] == pytest.approx(means[0] - means[1])
    assert "contrast F1 of good minus poor" in stance["verdict"]
    assert frame["metric"] == "macro_f1"
    assert evaluation.metrics["tasks"]["stance"]["primary"] == "contrast_f1"


def test_a_primary_measure_that_a_task_lacks_is_refused(study: Study) -> None:
    with pytest.raises(ConfigError, match=r"the codebook contrasts no labels; set codebook.tasks.frame.contrast"):
        study.evaluate(primary={"frame": "contrast_f1"})
    with pytest.raises(ConfigError, match=r"evaluation.primary names 'tone'; the codebook has stance, frame"):
        study.evaluate(primary={"tone": "macro_f1"})
    with pytest.raises(ConfigError, match=r"evaluation.primary.stance='f2' is unknown"):
        study.evaluate(primary={"stance": "f2"})


def test_seeds_on_one_given_split_are_no_resamples(build_study: Callable[..., Study]) -> None:
    """Repetitions that test the same sentences tell nothing about other data, so the t-test is left out."""
    study = build_study({"good": 0.9, "poor": 0.5}, folds=1, repetitions=3)
    sizes = {place: (200, test) for place, (_, test) in study.sizes.items()}
    result = replace(study, sizes=sizes).evaluate().comparison["tasks"]["stance"]
    assert result["p_corrected_t"] is None
    assert result["outcome"] == "better"
    assert "no corrected t-test, because all repetitions train and test on the same sentences" in result["verdict"]
