"""Training of the TF-IDF baseline: tuned in a space of as many dimensions as there are sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.sparse import csr_array

from pipeline.codebook import Codebook
from pipeline.models.base import TrainingData
from pipeline.models.linear import Samples
from pipeline.models.linear_heads import LinearHeads
from pipeline.models.ngrams import NgramTfidf
from pipeline.models.tuning import Progress, stack_tasks, tune_tasks
from pipeline.settings.baselines import TfidfSettings

_JITTER = 1e-4
"""Added to the squared length of every sentence (1), so that equal sentences leave the kernel positive definite."""


def train_heads(
    features: NgramTfidf,
    data: TrainingData,
    codebook: Codebook,
    settings: TfidfSettings,
    seed: int,
    on_progress: Progress | None = None,
) -> tuple[LinearHeads, dict[str, Any]]:
    """The chosen heads of all tasks on `features`, and how they were chosen.

    A linear model with an L2 penalty sees its features through inner products alone, so the rows of the kernel's
    Cholesky factor (sentences by sentences) stand in for the n-grams (sentences by tens of thousands): the same
    solutions in a fraction of the time. They are mapped back to weights of n-grams at the end.
    """
    vectors = _matrix(features, [one.text for one in (*data.sentences, *data.composed)])
    kernel = (vectors @ vectors.T).toarray()
    kernel[np.diag_indices_from(kernel)] += np.float32(_JITTER)
    rows = cholesky(kernel, lower=True)
    tuned = tune_tasks(Samples(rows, kernel, len(data.sentences)), data, codebook, settings, seed, on_progress)
    weights, intercept = stack_tasks(tuned)
    in_ngrams = vectors.T @ solve_triangular(rows, weights, lower=True, trans="T")
    heads = LinearHeads.of(codebook, in_ngrams.astype(np.float32), intercept)
    return heads, {task: one.details for task, one in tuned.items()}


def _matrix(features: NgramTfidf, texts: list[str]) -> csr_array:
    """TF-IDF vectors of `texts`, shape (texts, n-grams)."""
    vectors = [features.vector(text) for text in texts]
    ends: NDArray[np.int64] = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
    columns = np.concatenate([columns for columns, _ in vectors])
    values = np.concatenate([values for _, values in vectors]).astype(np.float32)
    return csr_array((values, columns, ends), shape=(len(texts), len(features)))
