"""Chance for a model as it is, held against dealing its predictions out at random."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.evaluation.chance import chance_confusion
from pipeline.evaluation.metrics import confusion_matrix, macro_f1


def test_chance_is_the_mean_over_random_deals():
    rng = np.random.default_rng(0)
    gold, predicted = rng.integers(0, 3, 60), rng.choice(3, 60, p=[0.7, 0.2, 0.1])
    dealt = [macro_f1(confusion_matrix(gold, rng.permutation(predicted), 3)) for _ in range(4000)]
    chance = macro_f1(chance_confusion(confusion_matrix(gold, predicted, 3)))
    assert chance == pytest.approx(np.mean(dealt), abs=0.003)


def test_a_model_of_one_label_is_at_chance_exactly():
    confusion = np.array([[30.0, 0.0], [10.0, 0.0]])
    assert macro_f1(chance_confusion(confusion)) == pytest.approx(macro_f1(confusion))


def test_leading_dimensions_and_no_sentences():
    confusions = np.stack([np.eye(2) * 5, np.zeros((2, 2))])
    chance = macro_f1(chance_confusion(confusions))
    assert chance[0] == pytest.approx(0.5)
    assert np.isnan(chance[1])
