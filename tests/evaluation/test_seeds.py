"""The expected best of n, held against drawing."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation.seeds import expected_best


def test_the_first_is_the_mean_and_the_others_rise_towards_the_highest():
    values = [0.5, 0.7, 0.6, 0.9]
    best = expected_best(values)
    assert best[0] == pytest.approx(np.mean(values))
    assert best == sorted(best)
    assert len(best) == 4
    assert best[-1] < 0.9


def test_it_is_what_drawing_gives():
    values = np.array([0.5, 0.7, 0.6])
    draws = np.random.default_rng(0).choice(values, (20_000, 3))
    assert expected_best(values)[2] == pytest.approx(draws.max(axis=1).mean(), abs=0.002)


def test_equal_runs_leave_nothing_to_pick_and_no_run_nothing_at_all():
    assert expected_best([0.6, 0.6]) == pytest.approx([0.6, 0.6])
    assert expected_best([]) == []
