"""The verdict says better or worse only where everything agrees, and else says what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.evaluation.comparison import Comparison, McNemar
from pipeline.evaluation.verdict import outcome, verdict

CLEAR = Comparison(
    task="stance",
    a="transformer",
    b="tfidf",
    difference=0.081,
    ci=(0.031, 0.128),
    p_bootstrap=0.001,
    mcnemar=McNemar(0.004, 72, 41),
    fold_difference=0.079,
    p_corrected_t=0.021,
    folds=25,
    repetitions=5,
    notes=(),
)


def test_better_with_all_its_numbers():
    assert verdict(CLEAR, 0.95) == (
        "transformer is better than tfidf on stance: macro-F1 of transformer minus tfidf is +0.081 (95 % interval "
        "+0.031 to +0.128), paired bootstrap p = 0.001, McNemar on accuracy of the mean probability over 5 repetitions "
        "p = 0.004 (only transformer right on 72 sentences, only tfidf on 41), corrected t-test over 25 folds "
        "p = 0.021; all three tests agree at the 0.05 level."
    )


def test_worse_is_the_mirror_image():
    mirrored = replace(
        CLEAR, difference=-0.081, ci=(-0.128, -0.031), mcnemar=McNemar(0.004, 41, 72), fold_difference=-0.079
    )
    assert verdict(mirrored, 0.95).startswith("transformer is worse than tfidf on stance: ")


def test_undecided_where_the_interval_includes_zero():
    text = verdict(replace(CLEAR, difference=0.02, ci=(-0.01, 0.05), p_bootstrap=0.2), 0.95)
    assert text.startswith("Undecided between transformer and tfidf on stance: the interval includes 0; ")
    assert "+0.020 (95 % interval -0.010 to +0.050)" in text


def test_undecided_names_the_test_that_disagrees():
    text = verdict(replace(CLEAR, p_corrected_t=0.11), 0.95)
    assert "the tests disagree: the paired bootstrap and McNemar's test find the difference at the 0.05 level" in text
    assert "the corrected t-test does not" in text


def test_a_test_that_points_the_other_way_is_a_disagreement():
    text = verdict(replace(CLEAR, mcnemar=McNemar(0.004, 41, 72)), 0.95)
    assert text.startswith("Undecided")
    assert "McNemar's test points the other way" in text


def test_the_level_follows_the_confidence():
    assert verdict(CLEAR, 0.99).startswith("Undecided")
    assert "the 0.01 level" in verdict(CLEAR, 0.99)


def test_a_test_that_could_not_be_computed_is_told():
    text = verdict(replace(CLEAR, p_corrected_t=None, folds=1, repetitions=1, notes=("no corrected t-test",)), 0.95)
    assert text.startswith("transformer is better")
    assert text.endswith("both tests agree at the 0.05 level; no corrected t-test.")
    assert "mean probability" not in text


def test_no_interval_no_verdict():
    text = verdict(replace(CLEAR, ci=None, p_bootstrap=None, notes=("all of one group",)), 0.95)
    assert text.startswith("Undecided between transformer and tfidf on stance: there is no interval; ")
    assert text.endswith("; all of one group.")


@pytest.mark.parametrize("ci", [(0.03, 0.12), (-0.12, -0.03), (-0.01, 0.1), (0.0, 0.1), None])
@pytest.mark.parametrize("bootstrap", [0.001, 0.2, None])
@pytest.mark.parametrize("mcnemar", [0.001, 0.2])
@pytest.mark.parametrize("t_test", [0.001, 0.2, None])
def test_better_and_worse_need_the_interval_and_every_test(ci, bootstrap, mcnemar, t_test):
    difference = sum(ci) / 2 if ci else 0.05
    sides = (9, 3) if difference > 0 else (3, 9)
    comparison = replace(
        CLEAR,
        difference=difference,
        ci=ci,
        p_bootstrap=bootstrap,
        mcnemar=McNemar(mcnemar, *sides),
        fold_difference=difference,
        p_corrected_t=t_test,
    )
    decided = ci in [(0.03, 0.12), (-0.12, -0.03)] and 0.2 not in (bootstrap, mcnemar, t_test)
    expected = ("better" if difference > 0 else "worse") if decided else "undecided"
    assert outcome(comparison, 0.95) == expected
    start = "Undecided between" if expected == "undecided" else f"transformer is {expected} than"
    assert verdict(comparison, 0.95).startswith(start)


def test_a_test_that_points_the_other_way_leaves_it_undecided():
    assert outcome(replace(CLEAR, mcnemar=McNemar(0.001, 2, 20)), 0.95) == "undecided"
