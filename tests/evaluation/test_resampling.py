"""The bootstrap over groups: its intervals, its p, and that it does not feign evidence."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation import metrics
from pipeline.evaluation.resampling import (
    group_confusions,
    group_sums,
    group_weights,
    percentile_interval,
    pivotal_interval,
    resample,
    two_sided_p,
)


def test_weights_draw_as_many_groups_as_there_are_and_repeat_with_the_seed():
    weights = group_weights(7, 300, seed=1)
    assert weights.shape == (300, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert weights.mean() == 1.0
    assert np.array_equal(weights, group_weights(7, 300, seed=1))
    assert not np.array_equal(weights, group_weights(7, 300, seed=2))


def test_weighted_counts_equal_the_counts_of_the_drawn_sentences():
    rng = np.random.default_rng(0)
    groups, gold, predicted = rng.integers(0, 6, 40), rng.integers(0, 3, 40), rng.integers(0, 3, 40)
    weights = group_weights(6, 20, seed=0)
    resampled = resample(weights, group_confusions(groups, gold, predicted, (6, 3)))
    for weight, confusion in zip(weights.astype(int), resampled, strict=True):
        drawn = np.concatenate([np.repeat(np.flatnonzero(groups == g), weight[g]) for g in range(6)])
        assert np.array_equal(confusion, metrics.confusion_matrix(gold[drawn], predicted[drawn], 3))
    assert group_sums(groups, gold, 6).sum() == gold.sum()


def test_intervals_over_groups_hold_the_truth_where_those_over_sentences_are_too_narrow():
    """Clustered data of known accuracy 0.7: sentences of a group succeed and fail together."""
    rng = np.random.default_rng(3)
    trials, count, size = 100, 40, 10
    groups = {"group": np.repeat(np.arange(count), size), "sentence": np.arange(count * size)}
    weights = {unit: group_weights(int(index.max()) + 1, 400, seed=0) for unit, index in groups.items()}
    held, width = dict.fromkeys(groups, 0), dict.fromkeys(groups, 0.0)
    for _ in range(trials):
        skill = rng.beta(7, 3, size=count)
        correct = (rng.random((count, size)) < skill[:, None]).ravel().astype(float)
        for unit, index in groups.items():
            samples = weights[unit] @ group_sums(index, correct, weights[unit].shape[1]) / len(correct)
            low, high = percentile_interval(samples, float(correct.mean()), 0.95)
            held[unit] += low <= 0.7 <= high
            width[unit] += high - low
    assert held["group"] >= 88
    assert held["sentence"] < held["group"] - 5
    assert width["group"] > 1.2 * width["sentence"]


def test_percentiles_of_known_samples():
    samples = np.arange(101) / 100
    assert percentile_interval(samples, 0.5, 0.9) == pytest.approx((0.05, 0.95))
    assert percentile_interval(np.append(samples, np.nan), 0.5, 0.9) == pytest.approx((0.05, 0.95))
    assert percentile_interval(samples, 0.99, 0.9) == pytest.approx((0.05, 0.99))


def test_no_interval_without_samples_or_estimate():
    assert percentile_interval(np.zeros(0), 0.5, 0.95) is None
    assert percentile_interval(np.full(5, np.nan), 0.5, 0.95) is None
    assert percentile_interval(np.ones(5), float("nan"), 0.95) is None
    assert pivotal_interval(np.zeros(0), 0.5, 0.95) is None


def test_pivotal_interval_mirrors_and_stays_in_range():
    samples = np.linspace(0.02, 0.10, 101)
    assert pivotal_interval(samples, 0.03, 0.99) == pytest.approx((0.0, 0.04), abs=1e-3)
    assert pivotal_interval(np.linspace(0.7, 0.9, 101), 0.9, 0.99) == pytest.approx((0.9, 1.0), abs=1e-3)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        (np.zeros(99), 1.0),
        (np.full(99, 0.1), 2 / 100),
        (np.full(99, -0.1), 2 / 100),
        (np.r_[np.full(4, -0.1), np.full(95, 0.1)], 2 * 5 / 100),
        (np.r_[np.full(50, -0.1), np.full(49, 0.1)], 1.0),
    ],
)
def test_two_sided_p(differences, expected):
    assert two_sided_p(differences) == pytest.approx(expected)


def test_two_sided_p_needs_samples():
    assert two_sided_p(np.zeros(0)) is None
