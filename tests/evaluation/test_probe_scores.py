"""Probes beside the model left alone: criteria, pairing, parts, and what cannot be told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.evaluation.learning_curve import evaluate_curve
from pipeline.evaluation.probes import Answer, Gold, evaluate_probe
from pipeline.settings.evaluation import EvaluationSettings


def gold_of(study, **settings):
    chosen = EvaluationSettings(**{"bootstrap": 300, "compare": [], **settings})
    return Gold(study.labeled, study.groups, study.codebook, chosen, 0)


def answer_of(study, probe, model="good", reference="good", parts=("fold 0", "fold 1", "fold 2")):
    """`model` as the answer to `probe`, `reference` as the model left alone."""
    rows = {name: [p for p in study.predictions if p.model == name] for name in (model, reference)}
    return Answer(probe, "tfidf", parts, (80,) * len(parts), rows[model], rows[reference])


@pytest.fixture(scope="module")
def models(build_study):
    """`good` is right on 90 %, `poor` on 60 %, `blind` knows nothing of three or two labels."""
    return build_study({"good": 0.9, "poor": 0.6, "blind": 0.36}, groups=40)


def stance(study, *arguments, name_tasks=(), by_part=False, **settings):
    found = evaluate_probe(answer_of(study, *arguments), gold_of(study, **settings), name_tasks, by_part)
    json.dumps(found, allow_nan=False)
    return found["stance"]


@pytest.mark.parametrize(
    ("probe", "model", "outcome"),
    [
        ("labels_shuffled", "blind", "passed"),
        ("labels_shuffled", "good", "failed"),
        ("words_shuffled", "poor", "passed"),
        ("words_shuffled", "good", "undecided"),
        ("entities_masked", "good", "passed"),
        ("entities_masked", "blind", "failed"),
        ("random_folds", "good", "not shown"),
        ("leave_one_document_out", "poor", "passed"),
        ("leave_one_document_out", "blind", "undecided"),
    ],
)
def test_outcomes_follow_the_criterion(models, probe, model, outcome):
    found = stance(models, probe, model, "good")
    assert found["outcome"] == outcome
    assert found["verdict"].startswith(f"{outcome}: ")


def test_leaky_folds_that_score_higher_are_shown(models):
    found = stance(models, "random_folds", "good", "poor")
    assert found["outcome"] == "shown"
    assert found["difference"]["mean"] == pytest.approx(
        found["probe"]["macro_f1"]["mean"] - found["reference"]["macro_f1"]["mean"]
    )
    assert found["difference"]["ci"][0] > 0


def test_a_probe_that_scores_higher_fails_where_it_should_lose(models):
    assert stance(models, "length_only", "good", "poor")["outcome"] == "failed"


def test_a_task_that_asks_for_names_is_not_judged_by_masking_them(models):
    found = stance(models, "holders_masked", "blind", "good", name_tasks=["stance"])
    assert found["outcome"] == "not judged"
    assert stance(models, "labels_shuffled", "good", name_tasks=["stance"])["outcome"] == "failed"


def test_nothing_is_said_of_what_remains_of_nothing(models):
    found = stance(models, "entities_masked", "blind", "blind")
    assert found["outcome"] == "undecided"
    assert "not above chance itself" in found["verdict"]


def test_the_same_predictions_do_not_differ(models):
    found = stance(models, "words_shuffled", "good", "good")
    assert (found["difference"]["mean"], found["difference"]["ci"]) == (0, [0, 0])
    assert found["retained"]["mean"] == pytest.approx(1)


def test_other_folds_are_paired_sentence_by_sentence(models):
    answer = answer_of(models, "random_folds", "poor", "good")
    order = {key: place % 3 for place, key in enumerate(sorted(models.groups))}
    moved = replace(answer, predictions=[replace(p, fold=order[p.sentence]) for p in answer.predictions])
    assert evaluate_probe(moved, gold_of(models), (), False) == evaluate_probe(answer, gold_of(models), (), False)


def test_only_sentences_that_both_predict_count(models):
    answer = answer_of(models, "random_folds")
    some = {p.sentence for p in answer.reference[:40]}
    fewer = replace(answer, reference=[p for p in answer.reference if p.sentence in some])
    assert evaluate_probe(fewer, gold_of(models), (), False)["stance"]["sentences"] == len(some)
    none = replace(answer, reference=[])
    assert evaluate_probe(none, gold_of(models), (), False) == {}


def test_every_part_is_scored_by_itself(models):
    found = stance(models, "leave_one_document_out", "poor", "good", by_part=True)
    assert [part["part"] for part in found["parts"]] == ["fold 0", "fold 1", "fold 2"]
    assert sum(part["sentences"] for part in found["parts"]) == found["sentences"]
    assert all(part["probe"]["macro_f1"]["mean"] < part["reference"]["macro_f1"]["mean"] for part in found["parts"])


def test_one_group_has_no_interval_and_decides_nothing(models):
    alone = replace(models, groups=dict.fromkeys(models.groups, "only"))
    for probe in ("labels_shuffled", "words_shuffled", "entities_masked"):
        found = stance(alone, probe, "poor", "good")
        assert found["outcome"] == "undecided"
        assert found["probe"]["macro_f1"]["ci"] is None


def test_a_learning_curve_rises_and_ends_with_the_model_left_alone(models):
    answers = [
        replace(answer_of(models, f"learning_curve-{n}", model, "good"), sizes=(n, n, n))
        for n, model in ((100, "poor"), (50, "blind"))
    ]
    found = evaluate_curve(answers, 200.0, gold_of(models))
    points = found["stance"]["points"]
    assert [point["train"] for point in points] == [50, 100, 200]
    scores = [point["macro_f1"]["mean"] for point in points]
    assert scores == sorted(scores)
    assert (found["stance"]["gain"]["from"], found["stance"]["gain"]["to"]) == (100, 200)
    assert found["stance"]["gain"]["mean"] == pytest.approx(scores[2] - scores[1])
    assert found["stance"]["outcome"] == "rising"
    flat = evaluate_curve([replace(answers[0], predictions=answers[0].reference)], 200.0, gold_of(models))
    assert flat["stance"]["outcome"] == "undecided"


def test_the_interval_holds_what_resampling_groups_gives(models):
    found = stance(models, "labels_shuffled", "poor", "good", bootstrap=2000)
    low, high = found["probe"]["macro_f1"]["ci"]
    assert low < found["probe"]["macro_f1"]["mean"] < high
    assert np.isclose(found["probe"]["chance"], 1 / 3, atol=0.02)
