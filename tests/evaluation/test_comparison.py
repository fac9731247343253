"""McNemar's test and the corrected resampled t-test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pipeline.evaluation.comparison import corrected_t_test, mcnemar


def test_mcnemar_counts_the_sentences_that_only_one_has_right():
    gold = np.zeros(12, dtype=np.int64)
    a, b = np.array([0] * 9 + [1] * 3), np.array([0] * 2 + [1] * 7 + [0] + [1] * 2)
    result = mcnemar(gold, a, b)
    assert (result.a_only, result.b_only) == (7, 1)
    assert result.p == pytest.approx(2 * (1 + 8) / 2**8)
    assert mcnemar(gold, b, a).p == result.p


def test_mcnemar_without_discordant_sentences_finds_nothing():
    gold = np.array([0, 1, 2])
    assert mcnemar(gold, gold, gold).p == 1.0
    both_wrong_in_their_own_way = mcnemar(gold, np.array([1, 1, 2]), np.array([2, 1, 2]))
    assert (both_wrong_in_their_own_way.p, both_wrong_in_their_own_way.a_only) == (1.0, 0)


def test_corrected_t_worked_example():
    """Five folds: mean 0.04, variance 0.001, ratio 1/4: t = 0.04 / sqrt(0.001 * (1/5 + 1/4)) = 1.886 with 4 df."""
    differences = np.array([0.0, 0.02, 0.04, 0.06, 0.08])
    t = 0.04 / np.sqrt(0.001 * (1 / 5 + 1 / 4))
    assert corrected_t_test(differences, 0.25) == pytest.approx(2 * stats.t.sf(t, 4))
    assert corrected_t_test(-differences, 0.25) == pytest.approx(corrected_t_test(differences, 0.25))


def test_correction_is_stricter_than_the_plain_t_test():
    differences = np.array([0.05, 0.02, 0.04, 0.07, 0.03])
    plain = stats.ttest_1samp(differences, 0).pvalue
    assert corrected_t_test(differences, 0.0) == pytest.approx(plain)
    assert corrected_t_test(differences, 0.25) > plain


def test_corrected_t_needs_two_folds_and_some_variance():
    assert corrected_t_test(np.array([0.1]), 0.25) is None
    assert corrected_t_test(np.zeros(0), 0.25) is None
    assert corrected_t_test(np.full(5, 0.1), 0.25) is None
    assert corrected_t_test(np.zeros(5), 0.25) == 1.0
