"""Training of the TF-IDF baseline: tuned in a space of as many dimensions as there are sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.sparse import csr_array

from pipeline.codebook import Codebook
from pipeline.models.base import TrainingData
from pipeline.models.crossing import cross, uncross
from pipeline.models.linear import Samples
from pipeline.models.linear_heads import LinearHeads
from pipeline.models.ngrams import NgramTfidf
from pipeline.models.target_heads import TargetHeads, frequent_targets, target_positions
from pipeline.models.tuning import Progress, TunedTask, documents, tune_tasks
from pipeline.settings.baselines import TfidfSettings

DENSE = 14_000
"""Sentences up to which the kernel is worked on (14,000 squared in float32: 0.8 GB); more are solved iteratively."""
IGNORE, CROSSED, SEPARATE = "ignore", "crossed", "separate"
_JITTER = 1e-4
"""Added to the squared length of every sentence (1), so that equal sentences leave the kernel positive definite."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Features:
    """Sparse features (sentences, n-grams or crossed n-grams) and the samples that stand for them in tuning."""

    vectors: csr_array
    samples: Samples

    @classmethod
    def of(cls, vectors: csr_array, documents: int, parts: NDArray[np.intp] | None = None) -> _Features:
        """A linear model with an L2 penalty sees its features through inner products alone, so the rows of the kernel's
        Cholesky factor (sentences by sentences) stand in for the n-grams (sentences by tens of thousands): the same
        solutions in a fraction of the time.
        """
        if vectors.shape[0] > DENSE:
            return cls(vectors, Samples(vectors, None, documents, parts))
        kernel = (vectors @ vectors.T).toarray()
        kernel[np.diag_indices_from(kernel)] += np.float32(_JITTER)
        return cls(vectors, Samples(cholesky(kernel, lower=True), kernel, documents, parts))

    def weights(self, found: NDArray[np.float32]) -> Floats:
        """Weights of the sparse features from those of the samples, (dimensions, labels)."""
        if self.samples.kernel is None:
            return found.astype(np.float64)
        solved = solve_triangular(self.samples.rows, found.astype(np.float64), lower=True, trans="T")
        return np.asarray(self.vectors.T @ solved)


def train_heads(
    features: NgramTfidf,
    data: TrainingData,
    codebook: Codebook,
    settings: TfidfSettings,
    seed: int,
    on_progress: Progress | None = None,
) -> tuple[TargetHeads, dict[str, Any]]:
    """The chosen heads of all tasks on `features`, and how they were chosen."""
    sentences = [*documents(data), *data.composed]
    count = len(documents(data))
    targets = frequent_targets(sentence.target for sentence in sentences[:count])
    ways = [way for way in settings.targets if targets or way == IGNORE] or [IGNORE]
    vectors = _matrix(features, [sentence.text for sentence in sentences])
    positions = target_positions((sentence.target for sentence in sentences), targets)
    made = {}
    for way in ways:
        if way == CROSSED:
            made[way] = _Features.of(cross(vectors, positions, len(targets)), count)
        else:
            made[way] = _Features.of(vectors, count, positions if way == SEPARATE else None)
    samples = {way: one.samples for way, one in made.items()}
    tuned = tune_tasks(samples, data, codebook, settings, seed, on_progress)
    return _heads(made, tuned, targets, codebook), {task: one.details for task, one in tuned.items()}


def _heads(
    features: Mapping[str, _Features], tuned: Mapping[str, TunedTask], targets: Sequence[str], codebook: Codebook
) -> TargetHeads:
    """The heads of all tasks side by side, in n-grams, divided by the temperatures; for each target and for none."""
    if all(one.features == IGNORE for one in tuned.values()):
        targets = ()
    parts = [_task_weights(features[one.features], one, len(targets)) for one in tuned.values()]
    weights = np.concatenate([part[0] / one.temperature for part, one in zip(parts, tuned.values(), strict=True)], -1)
    intercept = np.concatenate([part[1] / one.temperature for part, one in zip(parts, tuned.values(), strict=True)], -1)
    weights = weights.astype(np.float32)
    whole = LinearHeads.of(codebook, weights[0], intercept[0])
    own = {target: LinearHeads.of(codebook, weights[n], intercept[n]) for n, target in enumerate(targets, start=1)}
    return TargetHeads(whole, own)


def _task_weights(features: _Features, tuned: TunedTask, targets: int) -> tuple[Floats, Floats]:
    """Weights (1 + targets, n-grams, labels) and intercepts (1 + targets, labels), those for no known target first."""
    whole = features.weights(tuned.fit.whole.weights)
    intercepts = np.tile(tuned.fit.whole.intercept, (1 + targets, 1))
    if tuned.features == CROSSED:
        ngrams = (len(whole) - targets) // (1 + targets)
        shared, own, added = uncross(whole, ngrams, targets)
        intercepts[1:] += added
        return np.concatenate([shared[None], own]), intercepts
    weights = np.tile(whole, (1 + targets, 1, 1))
    for part, fit in tuned.fit.own.items():
        weights[1 + part], intercepts[1 + part] = features.weights(fit.weights), fit.intercept
    return weights, intercepts


def _matrix(features: NgramTfidf, texts: list[str]) -> csr_array:
    """TF-IDF vectors of `texts`, shape (texts, n-grams)."""
    vectors = [features.vector(text) for text in texts]
    ends: NDArray[np.int64] = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
    columns = np.concatenate([columns for columns, _ in vectors])
    values = np.concatenate([values for _, values in vectors]).astype(np.float32)
    return csr_array((values, columns, ends), shape=(len(texts), len(features)))
