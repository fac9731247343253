"""evaluate() as a whole: the layout of both files, what the numbers mean, and what must not change them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

REPEATED = {"macro_f1", "accuracy", "mcc", "contrast_f1", "log_loss", "brier", "ece"}
OTHERS = {"labels", "confusion", "per_fold", "reliability", "risk_coverage"}


def _gold_and_predicted(study, model, task, repetition):
    names = study.codebook.labels(task)
    gold = {sentence.id: names.index(sentence.labels[task]) for sentence in study.labeled}
    rows = [p for p in study.predictions if (p.model, p.task, p.repetition) == (model, task, repetition)]
    return [gold[p.sentence] for p in rows], [int(np.argmax(p.probabilities)) for p in rows]


def test_layout_of_metrics(study):
    metrics = study.evaluate().metrics
    assert (metrics["schema"], metrics["repetitions"]) == (1, 1)
    assert metrics["bootstrap"] == {"resamples": 200, "confidence": 0.95, "unit": "group"}
    stance = metrics["tasks"]["stance"]
    assert stance["labels"] == ["against", "favor", "neutral"]
    assert sum(stance["support"].values()) == stance["sentences"] == 120
    assert stance["groups"] == 24
    assert set(stance["models"]["good"]) == REPEATED | OTHERS
    assert set(metrics["tasks"]["frame"]["models"]["good"]) == (REPEATED | OTHERS) - {"contrast_f1"}
    favor = stance["models"]["good"]["labels"]["favor"]
    assert set(favor) == {"precision", "recall", "f1", "support", "tier"}
    assert set(favor["f1"]) == {"mean", "sd", "ci"}
    json.dumps(metrics, allow_nan=False)


def test_layout_of_comparison(study):
    comparison = study.evaluate(compare=[["good", "poor"], ["poor", "good"]]).comparison
    assert set(comparison["tasks"]) == {"stance", "frame"}
    headline = comparison["tasks"]["stance"]
    assert (headline["a"], headline["b"], headline["metric"], headline["folds"]) == ("good", "poor", "macro_f1", 3)
    assert headline["ci"][0] <= headline["difference"] <= headline["ci"][1]
    assert [(pair["task"], pair["a"]) for pair in comparison["pairs"]] == [
        ("stance", "good"),
        ("stance", "poor"),
        ("frame", "good"),
        ("frame", "poor"),
    ]
    assert {"task": "stance", **headline} == comparison["pairs"][0]
    json.dumps(comparison, allow_nan=False)


def test_metrics_pool_folds_then_average_repetitions(build_study):
    study = build_study({"good": 0.8, "poor": 0.5}, repetitions=3)
    macro_f1 = study.evaluate().metrics["tasks"]["stance"]["models"]["good"]["macro_f1"]
    expected = [f1_score(*_gold_and_predicted(study, "good", "stance", r), average="macro") for r in range(3)]
    assert macro_f1["per_repetition"] == pytest.approx(expected)
    assert macro_f1["mean"] == pytest.approx(np.mean(expected))
    assert macro_f1["sd"] == pytest.approx(np.std(expected, ddof=1))
    assert macro_f1["ci"][0] < macro_f1["mean"] < macro_f1["ci"][1]


def test_one_repetition_has_no_spread(study):
    assert study.evaluate().metrics["tasks"]["stance"]["models"]["good"]["macro_f1"]["sd"] is None


def test_per_fold_scores_and_mean_confusion(build_study):
    study = build_study({"good": 0.8, "poor": 0.5}, repetitions=2)
    good = study.evaluate().metrics["tasks"]["frame"]["models"]["good"]
    assert [(row["repetition"], row["fold"], row["n_test"]) for row in good["per_fold"]] == [
        (r, f, 40) for r in range(2) for f in range(3)
    ]
    accuracy = np.mean([accuracy_score(*_gold_and_predicted(study, "good", "frame", r)) for r in range(2)])
    assert np.mean([row["accuracy"] for row in good["per_fold"]]) == pytest.approx(accuracy)
    assert np.trace(good["confusion"]) / np.sum(good["confusion"]) == pytest.approx(accuracy)
    assert np.sum(good["confusion"]) == pytest.approx(120)


def test_reliability_and_risk_coverage_pool_the_repetitions(build_study):
    study = build_study({"good": 0.8, "poor": 0.5}, repetitions=2)
    good = study.evaluate().metrics["tasks"]["stance"]["models"]["good"]
    assert sum(row["count"] for row in good["reliability"]) == 240
    curve = good["risk_coverage"]
    assert len(curve["coverage"]) == len(curve["risk"]) == 100
    assert curve["risk"][-1] == pytest.approx(1 - good["accuracy"]["mean"])
    assert set(curve["at_precision"]) == {"0.90", "0.95"}


def test_a_clearly_better_model_is_called_better_and_the_reverse_worse(study):
    comparison = study.evaluate(compare=[["good", "poor"], ["poor", "good"]]).comparison
    better, worse = comparison["pairs"][0], comparison["pairs"][1]
    assert better["verdict"].startswith("good is better than poor on stance: ")
    assert worse["verdict"].startswith("poor is worse than good on stance: ")
    assert worse["difference"] == -better["difference"]
    assert worse["ci"] == pytest.approx([-better["ci"][1], -better["ci"][0]])
    assert all(worse[p] == pytest.approx(better[p]) for p in ("p_bootstrap", "p_mcnemar", "p_corrected_t"))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), repetitions=st.integers(1, 3))
def test_the_same_model_under_another_name_does_not_differ(build_study, seed, repetitions):
    study = build_study({"good": 0.7}, repetitions=repetitions, groups=8, size=4, seed=seed)
    copies = [replace(p, model="poor") for p in study.predictions]
    evaluation = replace(study, predictions=study.predictions + copies).evaluate(bootstrap=100)
    for pair in evaluation.comparison["pairs"]:
        assert (pair["difference"], pair["ci"]) == (0, [0, 0])
        assert (pair["p_bootstrap"], pair["p_mcnemar"], pair["p_corrected_t"]) == (1, 1, 1)
        assert pair["verdict"].startswith("Undecided")


@settings(max_examples=5, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(build_study, random):
    study = build_study({"good": 0.8, "poor": 0.5}, repetitions=2, groups=8, size=4)
    shuffled = replace(
        study,
        predictions=random.sample(study.predictions, len(study.predictions)),
        labeled=random.sample(study.labeled, len(study.labeled)),
        groups=dict(random.sample(list(study.groups.items()), len(study.groups))),
        sizes=dict(random.sample(list(study.sizes.items()), len(study.sizes))),
    )
    assert shuffled.evaluate(bootstrap=100) == study.evaluate(bootstrap=100)


def test_the_seed_moves_intervals_but_no_score(study):
    first, second = (study.evaluate(seed=s).metrics["tasks"]["stance"]["models"]["good"]["macro_f1"] for s in (0, 1))
    assert first["mean"] == second["mean"]
    assert first["ci"] != second["ci"]


def test_holdout_of_one_fold_has_no_t_test_and_says_so(build_study):
    evaluation = build_study({"good": 0.95, "poor": 0.4}, tested_folds=1).evaluate()
    stance = evaluation.comparison["tasks"]["stance"]
    assert evaluation.metrics["tasks"]["stance"]["sentences"] == 40
    assert (stance["p_corrected_t"], stance["folds"]) == (None, 1)
    assert "no corrected t-test, because there are fewer than two test folds" in stance["verdict"]
    assert any("fewer than two test folds" in warning for warning in evaluation.warnings)


def test_repeated_holdout_averages_what_each_repetition_tested(build_study):
    study = build_study({"good": 0.8, "poor": 0.5}, repetitions=3, tested_folds=1)
    accuracy = study.evaluate().metrics["tasks"]["frame"]["models"]["good"]["accuracy"]
    expected = [accuracy_score(*_gold_and_predicted(study, "good", "frame", r)) for r in range(3)]
    assert accuracy["per_repetition"] == pytest.approx(expected)
    assert accuracy["ci"][0] <= accuracy["mean"] <= accuracy["ci"][1]


def test_unequal_folds_as_when_one_document_is_left_out(study):
    fold_of = {id_: 0 if group < "g20" else int(group[1:]) - 19 for id_, group in study.groups.items()}
    sizes = {(0, 0): (20, 100), **{(0, fold): (115, 5) for fold in range(1, 5)}}
    moved = study.with_predictions(lambda p: replace(p, fold=fold_of[p.sentence]))
    uneven, even = replace(moved, sizes=sizes).evaluate(), study.evaluate()
    good = uneven.metrics["tasks"]["stance"]["models"]["good"]
    assert [row["n_test"] for row in good["per_fold"]] == [100, 5, 5, 5, 5]
    assert good["macro_f1"] == even.metrics["tasks"]["stance"]["models"]["good"]["macro_f1"]
    p_uneven, p_even = (e.comparison["tasks"]["stance"]["p_corrected_t"] for e in (uneven, even))
    assert p_even < p_uneven < 1


def test_a_single_group_has_no_intervals(study):
    evaluation = replace(study, groups=dict.fromkeys(study.groups, "only")).evaluate()
    assert evaluation.metrics["tasks"]["stance"]["models"]["good"]["macro_f1"]["ci"] is None
    assert evaluation.metrics["tasks"]["stance"]["models"]["good"]["labels"]["favor"]["tier"] == "C"
    assert evaluation.comparison["tasks"]["stance"]["p_bootstrap"] is None
    assert evaluation.comparison["tasks"]["stance"]["verdict"].startswith("Undecided")
    assert "stance: all tested sentences are of one group; there are no intervals" in evaluation.warnings
    json.dumps([evaluation.metrics, evaluation.comparison], allow_nan=False)


def test_equal_differences_in_all_folds_give_no_t_test_instead_of_nan(study):
    names = study.codebook.labels("frame")
    gold = {s.id: names.index(s.labels["frame"]) for s in study.labeled}

    def one_hot(p):
        if p.task != "frame":
            return None
        right = gold[p.sentence] if p.model == "good" else 1 - gold[p.sentence]
        return replace(p, probabilities=tuple(float(column == right) for column in range(2)))

    evaluation = study.with_predictions(one_hot).evaluate()
    frame = evaluation.comparison["tasks"]["frame"]
    assert (frame["difference"], frame["p_corrected_t"]) == (1.0, None)
    assert any("all folds differ by the same amount" in warning for warning in evaluation.warnings)
    assert evaluation.metrics["tasks"]["frame"]["models"]["poor"]["log_loss"]["mean"] == pytest.approx(36.04, abs=0.01)
    json.dumps([evaluation.metrics, evaluation.comparison], allow_nan=False)


def test_a_label_without_gold_sentences_is_null_and_warned_of(study):
    labeled = [
        replace(s, labels={**s.labels, "stance": "neutral" if s.labels["stance"] == "favor" else s.labels["stance"]})
        for s in study.labeled
    ]
    evaluation = replace(study, labeled=labeled).evaluate()
    favor = evaluation.metrics["tasks"]["stance"]["models"]["good"]["labels"]["favor"]
    assert favor["f1"] == {"mean": None, "sd": None, "ci": None}
    assert (favor["support"], favor["tier"]) == (0, "C")
    assert any(
        w == "stance: no gold sentence bears favor; macro-F1 averages over the other labels"
        for w in evaluation.warnings
    )


def test_labels_missing_from_folds_and_in_few_groups_are_warned_of(study):
    def label(sentence):
        if sentence.id in ("s000", "s001"):
            return "favor"
        return "neutral" if sentence.labels["stance"] == "favor" else sentence.labels["stance"]

    labeled = [replace(s, labels={**s.labels, "stance": label(s)}) for s in study.labeled]
    warnings = replace(study, labeled=labeled).evaluate().warnings
    assert "stance: labels in fewer than 5 groups, rough intervals: favor (1)" in warnings
    assert any(w.startswith("stance: of 3 test folds these labels are missing: favor in 2;") for w in warnings)


def test_labels_that_rules_alone_decided_are_pointed_out(study):
    first, *others = study.labeled
    by_rule = replace(first, provenance={"stance": "rule: majority of 2", "frame": "resolved:gold"})
    warnings = replace(study, labeled=[by_rule, *others]).evaluate().warnings
    told = [warning for warning in warnings if "by rules alone" in warning]
    assert [warning.split(";")[0] for warning in told] == ["stance: 1 of 120 tested labels are by rules alone"]


def test_few_groups_are_warned_of(build_study):
    warnings = build_study({"good": 0.8, "poor": 0.5}, groups=6).evaluate().warnings
    assert "stance: the bootstrap has only 6 groups to draw from; intervals may be too narrow" in warnings


def test_an_unlabelled_task_is_left_out_with_a_warning(study):
    labeled = [replace(s, labels={**s.labels, "stance": None}) for s in study.labeled]
    evaluation = replace(study, labeled=labeled).evaluate()
    assert set(evaluation.metrics["tasks"]) == set(evaluation.comparison["tasks"]) == {"frame"}
    assert "stance: no tested sentence has a label; the task is left out" in evaluation.warnings


def test_a_pair_whose_model_is_missing_is_left_out_with_a_warning(study):
    evaluation = study.evaluate(compare=[["giant", "good"], ["good", "poor"]])
    assert evaluation.comparison["tasks"] == {}
    assert [pair["a"] for pair in evaluation.comparison["pairs"]] == ["good", "good"]
    assert "stance: giant is not compared with good, for want of giant" in evaluation.warnings
    assert study.evaluate(compare=[]).comparison["pairs"] == []
