"""Linear classifiers on any features: solved on their inner products where these fit in memory, which is fastest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, hstack
from sklearn.linear_model import LogisticRegression, Ridge

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

    `rows` has shape (sentences, dimensions); `kernel` is rows @ rows.T, None where that would be too large; `documents`
    counts the document sentences. `parts`, shape (sentences,), numbers the parts of the sentences for which a model of
    their own is fitted, -1 for none; without it there is one for all.
    """

    rows: NDArray[np.float32] | csr_array
    kernel: NDArray[np.float32] | None
    documents: int
    parts: NDArray[np.intp] | None = None
    importance: NDArray[np.float64] | None = None
    """How much each sentence's label is to be trusted, shape (sentences,), in [0, 1]; None: all alike."""


@dataclass(frozen=True, slots=True)
class LinearFit:
    """`rows @ weights + intercept` scores the labels; a label that was not trained on has an intercept of -inf.

    `weights` has shape (dimensions, labels), `intercept` (labels,).
    """

    weights: NDArray[np.float32]
    intercept: NDArray[np.float64]

    def scores(self, rows: NDArray[np.float32] | csr_array) -> NDArray[np.float64]:
        """Scores of shape (sentences, labels); their softmax are probabilities, up to a temperature."""
        return np.asarray(rows @ self.weights + self.intercept, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class PartedFit:
    """A model for all sentences, and those for the parts that have one of their own."""

    whole: LinearFit
    own: Mapping[int, LinearFit] = field(default_factory=dict)

    def scores(self, samples: Samples, positions: NDArray[np.intp]) -> NDArray[np.float64]:
        """Scores of the sentences at `positions`, each by its part's model, shape (positions, labels)."""
        found = self.whole.scores(samples.rows[positions])
        if samples.parts is not None:
            for part, fit in self.own.items():
                of_part = samples.parts[positions] == part
                found[of_part] = fit.scores(samples.rows[positions[of_part]])
        return found


def fit_parts(
    samples: Samples,
    members: NDArray[np.intp],
    gold: NDArray[np.int64],
    labels: int,
    choice: LinearChoice,
    scored: NDArray[np.intp] | None = None,
) -> PartedFit:
    """`fit_linear` on all `members`, and on the members of each part of `samples` that has any with a label.

    Where only the sentences at `scored` are of interest, a model for all is fitted only if one of them needs it.
    """
    if samples.parts is None:
        return PartedFit(fit_linear(samples, members, gold, labels, choice))
    labeled = members[gold[members] >= 0]
    parts = np.unique(samples.parts[labeled])
    own = {
        int(part): fit_linear(samples, labeled[samples.parts[labeled] == part], gold, labels, choice)
        for part in parts[parts >= 0]
    }
    needed = scored is None or not np.isin(samples.parts[scored], list(own)).all()
    return PartedFit(fit_linear(samples, members if needed else members[:0], gold, labels, choice), own)


def weigh(
    samples: Samples, members: NDArray[np.intp], gold: NDArray[np.int64], choice: LinearChoice
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Those of `members` that have a label and count, and what each of them counts (above 0)."""
    importance = np.where(members < samples.documents, 1.0, choice.composed_weight)
    if samples.importance is not None:
        importance = importance * samples.importance[members]
    used = (gold[members] >= 0) & (importance > 0)
    members, importance = members[used], importance[used]
    if choice.class_weight == "balanced" and len(members):
        mass = np.bincount(gold[members], weights=importance)
        importance = importance * (mass.sum() / (np.count_nonzero(mass) * mass[gold[members]]))
    return members, importance


def fit_linear(
    samples: Samples, members: NDArray[np.intp], gold: NDArray[np.int64], labels: int, choice: LinearChoice
) -> LinearFit:
    """Minimise |weights|² / 2 + C · (sum of weighted losses) over the sentences at `members`.

    `gold` holds the label index of every sentence of `samples`, -1 for none. Where no member has a label, all labels
    score alike.
    """
    dimensions = samples.rows.shape[1]
    members, importance = weigh(samples, members, gold, choice)
    present, targets = np.unique(gold[members], return_inverse=True)
    if len(present) == 0:
        return LinearFit(np.zeros((dimensions, labels), np.float32), np.zeros(labels))
    fit = LinearFit(np.zeros((dimensions, labels), np.float32), np.full(labels, -np.inf))
    fit.intercept[present] = 0.0
    if len(present) > 1:
        solve = _logistic if choice.loss == LOGISTIC else _least_squares if samples.kernel is not None else _ridge
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
    assert samples.kernel is not None
    system = samples.kernel[np.ix_(members, members)] + np.float32(1)
    system[np.diag_indices_from(system)] += (1 / (C * importance)).astype(np.float32)
    signs = (2 * np.eye(targets.max() + 1)[targets] - 1).astype(np.float32)
    dual = np.zeros((len(samples.rows), signs.shape[1]), np.float32)
    dual[members] = cho_solve(cho_factor(system, lower=True, overwrite_a=True, check_finite=False), signs)
    return samples.rows.T @ dual, dual.sum(axis=0, dtype=np.float64)


def _ridge(
    samples: Samples, members: NDArray[np.intp], targets: NDArray[np.intp], importance: NDArray[np.float64], C: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """`_least_squares` in its primal form, iteratively: for more sentences than a kernel has room for."""
    signs = 2 * np.eye(targets.max() + 1)[targets] - 1
    rows = csr_array(hstack([samples.rows[members], np.ones((len(members), 1), np.float32)], format="csr"))
    model = Ridge(alpha=1 / C, fit_intercept=False, solver="sparse_cg", tol=_TOLERANCE, max_iter=_ITERATIONS)
    model.fit(rows, signs, sample_weight=importance)
    weights = np.atleast_2d(model.coef_).T
    return weights[:-1].astype(np.float32), weights[-1].astype(np.float64)
