"""Linear heads that know the target: n-grams crossed with it, or a model a target, and how they are saved."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError
from pipeline.models.linear_heads import LinearHeads

TARGET_ARRAYS = "target_arrays.npz"
MINIMUM = 20
"""Training sentences that a target needs to have weights of its own; fewer say next to nothing by themselves."""


@dataclass(frozen=True, slots=True)
class TargetHeads:
    """Heads for sentences of any target (`whole`), and those for sentences of the targets that have some of their own.

    A target that was not trained on, or with few sentences, is treated like none: by what holds for all targets.
    """

    whole: LinearHeads
    own: Mapping[str, LinearHeads] = field(default_factory=dict)

    def of(self, target: str) -> LinearHeads:
        """The heads for sentences of `target`."""
        return self.own.get(target, self.whole)

    @property
    def targets(self) -> tuple[str, ...]:
        """Targets with heads of their own."""
        return tuple(self.own)

    def write(self, folder: Path) -> None:
        """Write the targets' own heads, where there are any, as `target_arrays.npz`, in the order of `targets`."""
        if not self.own:
            return
        np.savez(
            folder / TARGET_ARRAYS,
            allow_pickle=False,
            weights=np.stack([heads.weights for heads in self.own.values()]),
            intercept=np.stack([heads.intercept for heads in self.own.values()]),
        )


def read_target_heads(folder: Path, whole: LinearHeads, targets: Sequence[str], codebook: Codebook) -> TargetHeads:
    """What `write` wrote, beside `whole`; raises ArtifactError where it is broken or does not fit."""
    if not targets:
        return TargetHeads(whole)
    path = folder / TARGET_ARRAYS
    try:
        with np.load(path, allow_pickle=False) as stored:
            weights, intercept = stored["weights"], stored["intercept"]
        if weights.dtype != np.float32 or weights.shape != (len(targets), *whole.weights.shape):
            raise ValueError(f"weights have type {weights.dtype} and shape {weights.shape}")
        if intercept.dtype != np.float64 or intercept.shape != (len(targets), *whole.intercept.shape):
            raise ValueError(f"intercept has type {intercept.dtype} and shape {intercept.shape}")
        if not np.isfinite(weights).all() or np.isnan(intercept).any():
            raise ValueError("weights are not finite")
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ArtifactError(f"{path} is broken or does not fit the model ({error}); train the model again") from error
    own = {target: LinearHeads.of(codebook, weights[row], intercept[row]) for row, target in enumerate(targets)}
    return TargetHeads(whole, own)


def frequent_targets(targets: Iterable[str]) -> tuple[str, ...]:
    """Those of the `targets` of training sentences that `MINIMUM` sentences have, sorted."""
    return tuple(sorted(target for target, count in Counter(targets).items() if target and count >= MINIMUM))


def target_positions(targets: Iterable[str], known: Sequence[str]) -> NDArray[np.intp]:
    """Position of each sentence's target in `known`, -1 for another or none, shape (sentences,)."""
    position = {target: number for number, target in enumerate(known)}
    return np.array([position.get(target, -1) for target in targets], dtype=np.intp)
