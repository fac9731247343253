"""Metrics against scikit-learn, worked examples, and the conventions for labels and sentences that are missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from pipeline.evaluation import metrics

LABELS = 4
gold_and_predicted = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40).map(
    lambda pairs: tuple(np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
)
CONFUSION = np.array([[3.0, 1.0, 0.0], [2.0, 2.0, 0.0], [0.0, 1.0, 0.0]])
"""Gold 4, 4, 1; predicted 5, 4, 0."""


def test_worked_example():
    assert metrics.precision(CONFUSION) == pytest.approx([3 / 5, 2 / 4, 0])
    assert metrics.recall(CONFUSION) == pytest.approx([3 / 4, 2 / 4, 0])
    assert metrics.f1(CONFUSION) == pytest.approx([6 / 9, 4 / 8, 0])
    assert metrics.macro_f1(CONFUSION) == pytest.approx((6 / 9 + 4 / 8) / 3)
    assert metrics.contrast_f1(CONFUSION, [0, 1]) == pytest.approx((6 / 9 + 4 / 8) / 2)
    assert metrics.accuracy(CONFUSION) == pytest.approx(5 / 9)


@settings(max_examples=25, deadline=None)
@given(gold_and_predicted)
def test_agrees_with_scikit_learn(pair):
    gold, predicted = pair
    confusion = metrics.confusion_matrix(gold, predicted, LABELS)
    present = np.unique(gold)
    assert confusion.tolist() == sklearn_metrics.confusion_matrix(gold, predicted, labels=range(LABELS)).tolist()
    expected = sklearn_metrics.precision_recall_fscore_support(gold, predicted, labels=present, zero_division=0)
    for ours, theirs in zip((metrics.precision, metrics.recall, metrics.f1), expected, strict=False):
        assert ours(confusion)[present] == pytest.approx(theirs)
    assert metrics.macro_f1(confusion) == pytest.approx(expected[2].mean())
    assert metrics.accuracy(confusion) == pytest.approx(sklearn_metrics.accuracy_score(gold, predicted))
    if len(np.union1d(gold, predicted)) > 1:
        correlation = sklearn_metrics.matthews_corrcoef(gold, predicted)
        assert metrics.matthews_correlation(confusion) == pytest.approx(correlation, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.lists(gold_and_predicted, min_size=2, max_size=4))
def test_a_stack_of_matrices_scores_like_each_alone(pairs):
    stack = np.stack([metrics.confusion_matrix(*pair, LABELS) for pair in pairs])
    for metric in (metrics.f1, metrics.precision, metrics.macro_f1, metrics.matthews_correlation, metrics.accuracy):
        assert np.array_equal(metric(stack), np.stack([metric(matrix) for matrix in stack]), equal_nan=True)


def test_label_absent_from_gold_has_no_scores_and_leaves_macro_f1_to_the_others():
    confusion = np.array([[3.0, 1.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    predicted_in_vain = np.array([[3.0, 0.0, 1.0], [0.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    for score in (metrics.precision, metrics.recall, metrics.f1):
        assert np.isnan(score(confusion)[2])
        assert np.isnan(score(predicted_in_vain)[2])
    assert metrics.macro_f1(confusion) == pytest.approx((6 / 7 + 8 / 9) / 2)
    assert metrics.macro_f1(predicted_in_vain) == pytest.approx((6 / 7 + 1) / 2)
    assert np.isnan(metrics.contrast_f1(confusion, [2]))
    assert metrics.contrast_f1(confusion, [1, 2]) == pytest.approx(8 / 9)


def test_no_sentences_have_no_score():
    empty = np.zeros((3, 3))
    for metric in (metrics.macro_f1, metrics.accuracy, metrics.matthews_correlation):
        assert np.isnan(metric(empty))


def test_mcc_of_a_constant_prediction_is_zero():
    assert metrics.matthews_correlation(np.array([[5.0, 0.0], [3.0, 0.0]])) == 0
    assert metrics.matthews_correlation(np.array([[5.0, 0.0], [0.0, 0.0]])) == 0


def test_ties_go_to_the_first_label_of_the_codebook():
    assert metrics.predicted_labels(np.array([[0.4, 0.4, 0.2], [0.2, 0.4, 0.4]])).tolist() == [0, 1]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_log_loss_and_brier_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    probabilities, gold = rng.dirichlet(np.ones(3), size=20), rng.integers(0, 3, size=20)
    log_loss = sklearn_metrics.log_loss(gold, probabilities, labels=[0, 1, 2])
    assert metrics.log_losses(probabilities, gold).mean() == pytest.approx(log_loss)
    brier = sklearn_metrics.brier_score_loss(gold, probabilities, labels=[0, 1, 2])
    assert metrics.brier_scores(probabilities, gold).mean() == pytest.approx(brier)


def test_one_hot_probabilities_cost_a_finite_log_loss():
    losses = metrics.log_losses(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1]))
    assert losses == pytest.approx([0, 36.0437], abs=1e-4)
    assert metrics.brier_scores(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 1])).tolist() == [0, 2]
