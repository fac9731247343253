"""Risk against coverage, the area under it, and thresholds that reach a precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.abstention import operating_point, risk_coverage

CONFIDENCE = np.array([0.6, 0.9, 0.8, 0.7])
CORRECT = np.array([0.0, 1.0, 1.0, 0.0])


def test_worked_example():
    curve = risk_coverage(CONFIDENCE, CORRECT)
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert curve.area == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_operating_point_takes_the_largest_coverage_that_reaches_the_precision():
    point = operating_point(CONFIDENCE, CORRECT, 0.9)
    assert (point.coverage, point.threshold) == (0.5, 0.8)
    assert operating_point(CONFIDENCE, CORRECT, 0.5).coverage == 1.0


def test_operating_point_may_recover_after_an_early_error():
    confidence, correct = np.linspace(1.0, 0.5, 20), np.ones(20)
    correct[0] = 0
    assert operating_point(confidence, correct, 0.9).coverage == 1.0


def test_unreachable_precision_accepts_nothing():
    point = operating_point(np.ones(10), np.array([1.0] * 8 + [0.0] * 2), 0.9)
    assert (point.coverage, point.threshold) == (0.0, None)


def test_a_tie_is_accepted_as_a_whole():
    point = operating_point(np.array([0.9, 0.8, 0.8, 0.8]), np.array([1.0, 1.0, 1.0, 0.0]), 0.75)
    assert (point.coverage, point.threshold) == (1.0, 0.8)
    stricter = operating_point(np.array([0.9, 0.8, 0.8, 0.8]), np.array([1.0, 1.0, 1.0, 0.0]), 0.9)
    assert (stricter.coverage, stricter.threshold) == (0.25, 0.9)


def test_uninformative_confidence_has_the_error_rate_everywhere():
    curve = risk_coverage(np.full(8, 1.0), np.array([1.0, 0, 0, 0, 1, 1, 1, 1]))
    assert curve.risk == pytest.approx(np.full(8, 3 / 8))
    assert curve.area == pytest.approx(3 / 8)


def test_no_predictions():
    assert np.isnan(risk_coverage(np.zeros(0), np.zeros(0)).area)
    assert [len(part) for part in risk_coverage(np.zeros(0), np.zeros(0)).thinned(100)] == [0, 0]
    assert operating_point(np.zeros(0), np.zeros(0), 0.9).threshold is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.5, 0.6, 0.8, 0.9]), st.booleans()), min_size=1, max_size=40), st.randoms())
def test_order_does_not_matter_and_the_threshold_delivers(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    confidence, correct = np.array([c for c, _ in pairs]), np.array([float(r) for _, r in pairs])
    other = risk_coverage(np.array([c for c, _ in shuffled]), np.array([float(r) for _, r in shuffled]))
    assert risk_coverage(confidence, correct).risk == pytest.approx(other.risk, abs=1e-12)
    assert other.risk[-1] == pytest.approx(1 - correct.mean(), abs=1e-12)
    point = operating_point(confidence, correct, 0.7)
    if point.threshold is not None:
        accepted = confidence >= point.threshold
        assert accepted.mean() == pytest.approx(point.coverage)
        assert correct[accepted].mean() >= 0.7 - 1e-9


def test_thinning_keeps_both_ends():
    curve = risk_coverage(np.linspace(0, 1, 690), np.ones(690))
    coverage, risk = curve.thinned(100)
    assert len(coverage) == len(risk) == 100
    assert (coverage[0], coverage[-1]) == (curve.coverage[0], 1.0)
