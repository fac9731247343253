"""Calibration error, reliability bins and temperature scaling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.evaluation.calibration import (
    apply_temperature,
    equal_mass_bins,
    expected_calibration_error,
    fit_temperature,
    reliability_table,
)
from pipeline.evaluation.metrics import log_losses


def test_worked_example_with_two_bins():
    confidence, correct = np.array([0.5, 0.6, 0.8, 0.9]), np.array([0.0, 1.0, 1.0, 1.0])
    table = reliability_table(confidence, correct, 2)
    assert [row.count for row in table] == [2, 2]
    assert [row.confidence for row in table] == pytest.approx([0.55, 0.85])
    assert [row.accuracy for row in table] == pytest.approx([0.5, 1.0])
    assert expected_calibration_error(confidence, correct, 2) == pytest.approx((2 * 0.05 + 2 * 0.15) / 4)


def test_bins_hold_equally_many():
    confidence = np.random.default_rng(0).permutation(np.linspace(0.3, 1.0, 103))
    assert set(np.bincount(equal_mass_bins(confidence, 10), minlength=10)) == {10, 11}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.4, 0.7, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30), st.randoms())
def test_order_of_tied_confidences_does_not_matter(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    errors = [
        expected_calibration_error(np.array([c for c, _ in rows]), np.array([float(r) for _, r in rows]), 5)
        for rows in (pairs, shuffled)
    ]
    assert errors[0] == pytest.approx(errors[1], abs=1e-12)


def test_one_hot_model_is_off_by_its_error_rate():
    correct = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
    assert expected_calibration_error(np.ones(5), correct, 10) == pytest.approx(0.4)
    assert len(reliability_table(np.ones(5), correct, 10)) == 1


def test_no_predictions_have_no_error():
    assert np.isnan(expected_calibration_error(np.zeros(0), np.zeros(0), 10))


def _sample(temperature: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that need `temperature` to be calibrated, and labels drawn from the calibrated ones."""
    rng = np.random.default_rng(0)
    true = rng.dirichlet(np.ones(3), size=count)
    gold = (rng.random((count, 1)) > true.cumsum(axis=1)).sum(axis=1).clip(max=2)
    return apply_temperature(true, 1 / temperature), gold


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_fit_recovers_the_temperature(temperature):
    probabilities, gold = _sample(temperature)
    fitted = fit_temperature(probabilities, gold)
    assert fitted == pytest.approx(temperature, rel=0.1)
    before, after = log_losses(probabilities, gold).mean(), log_losses(apply_temperature(probabilities, fitted), gold)
    assert after.mean() <= before


def test_scaling_keeps_labels_and_sums():
    probabilities, _ = _sample(1.0, 50)
    scaled = apply_temperature(probabilities, 2.5)
    assert scaled.sum(axis=1) == pytest.approx(np.ones(50))
    assert np.array_equal(scaled.argsort(axis=1), probabilities.argsort(axis=1))
    assert (scaled.max(axis=1) <= probabilities.max(axis=1)).all()


def test_fit_stays_in_bounds_when_everything_is_right_or_wrong():
    sure = np.array([[0.9, 0.1], [0.8, 0.2]])
    assert fit_temperature(sure, np.array([0, 0])) == pytest.approx(0.05, rel=0.01)
    assert fit_temperature(sure, np.array([1, 1])) == pytest.approx(20, rel=0.01)
    assert np.isfinite(fit_temperature(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1])))


def test_fit_refuses_an_empty_part():
    with pytest.raises(DataError, match="at least one"):
        fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
