from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge

from pipeline.models.fold_scores import fold_scores
from pipeline.models.linear import LOGISTIC, SQUARED, LinearChoice, Samples, fit_linear

EVERYONE = np.arange(60)


@pytest.fixture
def samples() -> Samples:
    """40 document and 20 composed sentences in 5 dimensions."""
    rows = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    return Samples(rows, rows @ rows.T, documents=40)


@pytest.fixture
def gold(samples: Samples) -> NDArray[np.int64]:
    """Labels 0, 1 and 3 of four, which follow from the rows."""
    return np.array([0, 1, 3])[samples.rows[:, :3].argmax(axis=1)]


def test_squared_loss_solves_ridge_regression(samples: Samples, gold: NDArray[np.int64]) -> None:
    fit = fit_linear(samples, EVERYONE, gold, 4, LinearChoice(SQUARED, 2.0, "none", 0.25))
    weights = np.where(EVERYONE < 40, 1.0, 0.25)
    with_constant = np.column_stack([samples.rows, np.ones(60)])
    for label in (0, 1, 3):
        ridge = Ridge(alpha=1 / 2.0, fit_intercept=False, solver="cholesky")
        ridge.fit(with_constant, np.where(gold == label, 1.0, -1.0), sample_weight=weights)
        assert [*fit.weights[:, label], fit.intercept[label]] == pytest.approx(ridge.coef_, abs=1e-3)


def test_logistic_loss_is_multinomial_and_weighted(samples: Samples, gold: NDArray[np.int64]) -> None:
    fit = fit_linear(samples, EVERYONE, gold, 4, LinearChoice(LOGISTIC, 2.0, "balanced", 1.0))
    model = LogisticRegression(C=2.0, class_weight="balanced", tol=1e-6, max_iter=1000).fit(samples.rows, gold)
    powers = np.exp(fit.scores(samples.rows))
    found = powers / powers.sum(axis=1, keepdims=True)
    assert found[:, [0, 1, 3]] == pytest.approx(model.predict_proba(samples.rows), abs=5e-3)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
def test_a_label_without_examples_cannot_be_predicted(samples: Samples, gold: NDArray[np.int64], loss: str) -> None:
    scores = fit_linear(samples, EVERYONE, gold, 4, LinearChoice(loss, 1.0, "none", 1.0)).scores(samples.rows)
    assert np.isneginf(scores[:, 2]).all()
    assert np.isfinite(scores[:, [0, 1, 3]]).all()
    assert (scores.argmax(axis=1) == gold).mean() > 0.8


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
def test_two_labels_one_label_and_none(samples: Samples, loss: str) -> None:
    choice = LinearChoice(loss, 1.0, "balanced", 1.0)
    two = np.where(samples.rows[:, 0] > 0, 1, 0)
    assert (fit_linear(samples, EVERYONE, two, 2, choice).scores(samples.rows).argmax(axis=1) == two).mean() > 0.9
    one = fit_linear(samples, EVERYONE, np.ones(60, dtype=np.int64), 2, choice).scores(samples.rows)
    assert (one.argmax(axis=1) == 1).all()
    none = fit_linear(samples, EVERYONE, np.full(60, -1), 2, choice).scores(samples.rows)
    assert (none == 0).all()


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
def test_weight_0_leaves_composed_sentences_out(samples: Samples, gold: NDArray[np.int64], loss: str) -> None:
    choice = LinearChoice(loss, 1.0, "balanced", 0.0)
    spoilt = np.where(EVERYONE < 40, gold, 2)
    without = fit_linear(samples, EVERYONE[:40], gold, 4, choice)
    assert np.array_equal(fit_linear(samples, EVERYONE, spoilt, 4, choice).weights, without.weights)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
def test_a_sentence_counts_as_far_as_its_label_is_trusted(loss: str) -> None:
    rows = np.array([[1.0, 0.0], [0.9, 0.1], [1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    gold, everyone = np.array([0, 0, 1, 1]), np.arange(4)
    choice = LinearChoice(loss, 1.0, "none", 1.0)

    def scores(members: np.ndarray, importance: list[float] | None) -> np.ndarray:
        trusted = None if importance is None else np.array(importance)
        samples = Samples(rows, rows @ rows.T, 4, importance=trusted)
        return fit_linear(samples, members, gold, 2, choice).scores(rows[:1])[0]

    alike, doubted = scores(everyone, None), scores(everyone, [1.0, 1.0, 0.1, 1.0])
    assert doubted[0] - doubted[1] > alike[0] - alike[1]
    assert scores(everyone, [1.0] * 4) == pytest.approx(alike)
    assert scores(everyone, [1.0, 1.0, 0.0, 1.0]) == pytest.approx(scores(np.array([0, 1, 3]), None), abs=1e-4)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
@pytest.mark.parametrize("weight", [0.25, 0.0])
def test_fold_scores_are_those_of_a_model_fitted_on_each_fold(
    samples: Samples, gold: NDArray[np.int64], loss: str, weight: float
) -> None:
    choice = LinearChoice(loss, 2.0, "none", weight)
    gold[[3, 45]] = -1
    folds = [(np.setdiff1d(EVERYONE, test), test) for test in (np.arange(0, 20), np.arange(20, 35))]
    scores = fold_scores(samples, folds, gold, 4, choice)
    for training, test in folds:
        fit = fit_linear(samples, training, gold, 4, choice)
        assert scores[test] == pytest.approx(fit.scores(samples.rows[test]), abs=1e-3)
    assert (scores[35:] == 0).all()


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC])
def test_a_label_that_a_fold_lacks_cannot_be_predicted_in_it(samples: Samples, loss: str) -> None:
    gold = np.where(EVERYONE < 20, 0, 1)
    gold[40:] = -1
    folds = [(np.arange(20, 60), np.arange(20)), (np.arange(20), np.arange(20, 40)), (np.arange(40, 60), np.arange(20))]
    choice = LinearChoice(loss, 1.0, "balanced", 1.0)
    scores = fold_scores(samples, folds[:2], gold, 2, choice)
    assert np.isneginf(scores[:20, 0]).all()
    assert np.isneginf(scores[20:, 1]).all()
    assert (fold_scores(samples, folds[2:], gold, 2, choice) == 0).all()
