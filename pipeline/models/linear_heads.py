"""The fitted heads of a linear model, a task at a time, and their file of arrays."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError
from pipeline.models.base import Probabilities

ARRAYS = "arrays.npz"
Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class LinearHeads:
    """All tasks side by side: `weights` (features, labels of all tasks) and `intercept` (labels of all tasks,).

    Temperatures are part of both. A label that was not trained on has an intercept of -inf, and so probability 0.
    `columns` says which labels are whose.
    """

    weights: NDArray[np.float32]
    intercept: NDArray[np.float64]
    columns: Mapping[str, slice]

    @classmethod
    def of(cls, codebook: Codebook, weights: NDArray[np.float32], intercept: NDArray[np.float64]) -> LinearHeads:
        """Heads whose columns are the labels of `codebook` in its order."""
        columns, start = {}, 0
        for task in codebook.tasks:
            columns[task] = slice(start, start + len(codebook.labels(task)))
            start = columns[task].stop
        if weights.ndim != 2 or weights.shape[1] != start or intercept.shape != (start,):
            raise ValueError(f"weights of shape {weights.shape} and {intercept.shape} for {start} labels")
        return cls(weights, intercept, columns)

    def probabilities(self, scores: NDArray[np.float64]) -> Probabilities:
        """Softmax of each task's part of `scores` (sentences, labels of all tasks)."""
        found: Probabilities = {}
        for task, part in self.columns.items():
            powers = scores[:, part] - scores[:, part].max(axis=1, keepdims=True, initial=-np.inf)
            powers = np.exp(powers)
            found[task] = powers / powers.sum(axis=1, keepdims=True)
        return found


def write_arrays(folder: Path, heads: LinearHeads, more: Arrays | None = None) -> None:
    """Write the heads, and `more` arrays by name, as `arrays.npz`."""
    np.savez(folder / ARRAYS, allow_pickle=False, weights=heads.weights, intercept=heads.intercept, **(more or {}))


def read_arrays(folder: Path, codebook: Codebook, more: Sequence[str] = ()) -> tuple[LinearHeads, Arrays]:
    """Read the heads and the float64 arrays named by `more`, each of shape (features,).

    Raises ArtifactError when the file is broken, or its arrays fit neither each other nor `codebook`.
    """
    path = folder / ARRAYS
    try:
        with np.load(path, allow_pickle=False) as stored:
            found = {name: stored[name] for name in ("weights", "intercept", *more)}
        heads = LinearHeads.of(codebook, found.pop("weights"), found.pop("intercept"))
        for name in more:
            if found[name].dtype != np.float64 or found[name].shape != heads.weights.shape[:1]:
                raise ValueError(f"{name} has type {found[name].dtype} and shape {found[name].shape}")
        if heads.weights.dtype != np.float32 or heads.intercept.dtype != np.float64:
            raise ValueError(f"weights have type {heads.weights.dtype}, intercept {heads.intercept.dtype}")
        if not np.isfinite(heads.weights).all() or np.isnan(heads.intercept).any():
            raise ValueError("weights are not finite")
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise ArtifactError(f"{path} is broken or does not fit the model ({error}); train the model again") from error
    return heads, found
