"""Linear classifiers on any features whose inner products fit in memory: all tuning happens on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.linear_model import LogisticRegression

SQUARED, LOGISTIC = "squared", "logistic"
_TOLERANCE = 1e-4
_ITERATIONS = 2000


@dataclass(frozen=True, slots=True)
class LinearChoice:
    """One combination of hyperparameters; see `LinearSettings` for what each means."""

    loss: str
    C: float
    class_weight: str
    composed_weight: float


@dataclass(frozen=True, slots=True)
class Samples:
    """Training sentences as numbers, those of documents first.

    `rows` has shape (sentences, dimensions); `kernel` is rows @ rows.T; `documents` counts the document sentences.
    """

    rows: NDArray[np.float32]
    kernel: NDArray[np.float32]
    documents: int


@dataclass(frozen=True, slots=True)
class LinearFit:
    """`rows @ weights + intercept` scores the labels; a label that was not trained on has an intercept of -inf.

    `weights` has shape (dimensions, labels), `intercept` (labels,).
    """

    weights: NDArray[np.float32]
    intercept: NDArray[np.float64]

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores of shape (sentences, labels); their softmax are probabilities, up to a temperature."""
        return np.asarray(rows @ self.weights + self.intercept, dtype=np.float64)


def fit_linear(
    samples: Samples, members: NDArray[np.intp], gold: NDArray[np.int64], labels: int, choice: LinearChoice
) -> LinearFit:
    """Minimise |weights|² / 2 + C · (sum of weighted losses) over the sentences at `members`.

    `gold` holds the label index of every sentence of `samples`, -1 for none. Where no member has a label, all labels
    score alike.
    """
    dimensions = samples.rows.shape[1]
    importance = np.where(members < samples.documents, 1.0, choice.composed_weight)
    used = (gold[members] >= 0) & (importance > 0)
    members, importance = members[used], importance[used]
    present, targets = np.unique(gold[members], return_inverse=True)
    if len(present) == 0:
        return LinearFit(np.zeros((dimensions, labels), np.float32), np.zeros(labels))
    if choice.class_weight == "balanced":
        mass = np.bincount(targets, weights=importance)
        importance = importance * (mass.sum() / (len(mass) * mass))[targets]
    fit = LinearFit(np.zeros((dimensions, labels), np.float32), np.full(labels, -np.inf))
    fit.intercept[present] = 0.0
    if len(present) > 1:
        solve = _logistic if choice.loss == LOGISTIC else _least_squares
        fit.weights[:, present], fit.intercept[present] = solve(samples, members, targets, importance, choice.C)
    return fit


def _logistic(
    samples: Samples, members: NDArray[np.intp], targets: NDArray[np.intp], importance: NDArray[np.float64], C: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    model = LogisticRegression(C=C, tol=_TOLERANCE, max_iter=_ITERATIONS)
    model.fit(samples.rows[members], targets, sample_weight=importance)
    weights, intercept = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # of two labels, scikit-learn keeps the log-odds of the second only
        weights, intercept = np.pad(weights, ((0, 0), (1, 0))), np.pad(intercept, (1, 0))
    return weights, intercept


def _least_squares(
    samples: Samples, members: NDArray[np.intp], targets: NDArray[np.intp], importance: NDArray[np.float64], C: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Regularised least-squares classification, one label against the rest, solved in its dual.

    Suykens and Vandewalle, "Least Squares Support Vector Machine Classifiers" (1999); Rifkin, Yeo and Poggio,
    "Regularized Least-Squares Classification" (2003). The intercept is the weight of a constant feature of 1.
    """
    system = samples.kernel[np.ix_(members, members)] + np.float32(1)
    system[np.diag_indices_from(system)] += (1 / (C * importance)).astype(np.float32)
    signs = (2 * np.eye(targets.max() + 1)[targets] - 1).astype(np.float32)
    dual = np.zeros((len(samples.rows), signs.shape[1]), np.float32)
    dual[members] = cho_solve(cho_factor(system, lower=True, overwrite_a=True, check_finite=False), signs)
    return samples.rows.T @ dual, dual.sum(axis=0, dtype=np.float64)
