"""Scores of a linear model over inner folds, in which what all folds train on is solved once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from pipeline.models.linear import SQUARED, LinearChoice, Samples, fit_parts, weigh

InnerFold = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Positions among the samples to learn from, all composed ones among them, and of document sentences to judge by."""


def fold_scores(
    samples: Samples, folds: Sequence[InnerFold], gold: NDArray[np.int64], labels: int, choice: LinearChoice
) -> NDArray[np.float64]:
    """Scores of every test sentence by a model fitted on its fold's training sentences, shape (documents, labels).

    Document sentences that no fold tests keep scores of 0; a label that a fold does not train on scores -inf there.
    `gold` holds the label index of every sentence, -1 for none.
    """
    if choice.loss == SQUARED and samples.kernel is not None and samples.parts is None:
        return _shared_scores(samples, samples.kernel, folds, gold, labels, choice)
    scores = np.zeros((samples.documents, labels))
    for training, test in folds:
        scores[test] = fit_parts(samples, training, gold, labels, choice, test).scores(samples, test)
    return scores


def _shared_scores(
    samples: Samples,
    kernel: NDArray[np.float32],
    folds: Sequence[InnerFold],
    gold: NDArray[np.int64],
    labels: int,
    choice: LinearChoice,
) -> NDArray[np.float64]:
    """Regularised least squares whose composed sentences, mostly far more than the documents', are eliminated once.

    Every fold then solves the Schur complement of its document sentences: the solutions of `fit_linear`, but that
    balanced labels have the weights that they have over all folds together.
    """
    count = samples.documents
    members, importance = weigh(samples, np.arange(len(gold)), gold, choice)
    noise = np.zeros(len(gold), np.float32)
    noise[members] = 1 / (choice.C * importance)
    signs = (2 * (gold[:, None] == np.arange(labels)) - 1).astype(np.float32)
    composed = members[members >= count]
    system = kernel[np.ix_(composed, composed)] + np.float32(1)
    system[np.diag_indices_from(system)] += noise[composed]
    known = np.concatenate([kernel[composed, :count] + np.float32(1), signs[composed]], axis=1)
    if len(composed):
        factor = cholesky(system, lower=True, overwrite_a=True, check_finite=False)
        known = solve_triangular(factor, known, lower=True, overwrite_b=True, check_finite=False)
    rest = kernel[:count, :count] + np.float32(1) - known[:, :count].T @ known[:, :count]
    told = known[:, :count].T @ known[:, count:]
    scores = np.zeros((count, labels))
    for training, test in folds:
        learned = np.intersect1d(training, members[members < count])
        scores[test] = told[test]
        if len(learned):
            system = rest[np.ix_(learned, learned)]
            system[np.diag_indices_from(system)] += noise[learned]
            dual = cho_solve(cho_factor(system, lower=True, overwrite_a=True), signs[learned] - told[learned])
            scores[test] += rest[np.ix_(test, learned)] @ dual
        present = gold[np.concatenate([learned, composed])]
        if len(present):
            scores[np.ix_(test, np.setdiff1d(np.arange(labels), present))] = -np.inf
    return scores
