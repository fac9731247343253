"""A number holds, or it does not, by the tolerance that the record allows."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pipeline.reproduction.numbers import Number, Regime, Verdict, compare_numbers
from pipeline.reproduction.tolerance import ROUNDING, statement, tolerance

REPORTED: dict[str, Any] = {
    "macro_f1": {"mean": 0.70, "sd": 0.02, "ci": [0.60, 0.80], "per_repetition": [0.68, 0.70, 0.72, 0.7, 0.7]},
    "labels": {"rare": {"f1": {"mean": None, "sd": None, "ci": None}, "tier": "weak", "support": 0}},
}


def verdicts(obtained: dict[str, Any], regime: Regime, repetitions: int) -> dict[str, Verdict]:
    numbers = compare_numbers(REPORTED, obtained, ("metrics", "stance", "tfidf"), regime, repetitions)
    return {number.name.removeprefix("metrics.stance.tfidf."): number.verdict for number in numbers}


def changed(mean: float) -> dict[str, Any]:
    return REPORTED | {"macro_f1": REPORTED["macro_f1"] | {"mean": mean}}


def test_equal_metrics_are_identical_down_to_undefined_ones() -> None:
    found = verdicts(REPORTED, Regime.EXACT, 5)
    assert set(found.values()) == {Verdict.IDENTICAL}
    assert "labels.rare.f1.mean" in found
    assert "labels.rare.tier" not in found, "words are no numbers"
    assert len(found) == 13


def test_with_equal_predictions_only_rounding_is_forgiven() -> None:
    assert verdicts(changed(0.70 + ROUNDING / 2), Regime.EXACT, 5)["macro_f1.mean"] == Verdict.WITHIN
    assert verdicts(changed(0.70 + 1e-6), Regime.EXACT, 5)["macro_f1.mean"] == Verdict.DIFFERS


@pytest.mark.parametrize(
    ("mean", "repetitions", "expected"),
    [
        (0.70 + 3 * 0.02 * math.sqrt(2 / 5) - 1e-6, 5, Verdict.WITHIN),
        (0.70 + 3 * 0.02 * math.sqrt(2 / 5) + 1e-6, 5, Verdict.DIFFERS),
        (0.60, 1, Verdict.WITHIN),
        (0.59, 1, Verdict.DIFFERS),
        (0.79, 2, Verdict.WITHIN),
    ],
)
def test_elsewhere_the_recorded_spread_decides(mean: float, repetitions: int, expected: Verdict) -> None:
    assert verdicts(changed(mean), Regime.SPREAD, repetitions)["macro_f1.mean"] == expected


def test_numbers_without_a_recorded_spread_are_shown_but_not_judged() -> None:
    other = REPORTED | {"macro_f1": REPORTED["macro_f1"] | {"sd": 0.03, "per_repetition": [0.5] * 5}}
    found = verdicts(other, Regime.SPREAD, 5)
    assert found["macro_f1.sd"] == found["macro_f1.per_repetition.0"] == Verdict.UNJUDGED
    assert found["macro_f1.ci.0"] == Verdict.IDENTICAL


def test_a_defined_number_never_holds_against_an_undefined_one() -> None:
    assert Number("x", 0.5, None, 1.0).verdict == Verdict.DIFFERS
    assert Number("x", None, 0.5, 1.0).verdict == Verdict.DIFFERS
    assert Number("x", None, None, None).verdict == Verdict.IDENTICAL
    assert verdicts({}, Regime.EXACT, 5)["macro_f1.mean"] == Verdict.DIFFERS


def test_a_difference_of_models_is_judged_by_its_own_interval() -> None:
    pair = {"a": "transformer", "difference": 0.05, "ci": [0.01, 0.09], "p_bootstrap": 0.01}
    again = pair | {"difference": 0.08, "p_bootstrap": 0.02}
    found = {number.name: number.verdict for number in compare_numbers(pair, again, ("c",), Regime.SPREAD, 5)}
    assert found == {
        "c.difference": Verdict.WITHIN,
        "c.ci.0": Verdict.IDENTICAL,
        "c.ci.1": Verdict.IDENTICAL,
        "c.p_bootstrap": Verdict.UNJUDGED,
    }


def test_the_tolerance_is_stated_with_its_source() -> None:
    assert tolerance({"sd": None, "ci": None}, 1) is None
    assert "standard deviation" in statement(5)
    assert "1 repetition tells too little" in statement(1)
    assert "2 repetitions tell too little" in statement(2)
