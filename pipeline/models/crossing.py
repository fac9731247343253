"""Features crossed with the target: what holds for all targets is shared, what holds for one is its own.

The feature augmentation of Daumé III, "Frustratingly Easy Domain Adaptation" (2007), with targets for domains.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

OWN = 0.75
"""Share of a sentence's squared length that its target's copy of the features has; the shared copy has the rest."""


def cross(vectors: csr_array, positions: NDArray[np.intp], targets: int) -> csr_array:
    """Features (sentences, features) beside their copies a target and a constant a target.

    `positions` holds each sentence's target in [0, targets), -1 for none, which leaves the shared features alone. The
    result has shape (sentences, features · (1 + targets) + targets).
    """
    sentences, features = vectors.shape
    known = positions >= 0
    scale = np.where(known, np.float32(np.sqrt(OWN)), np.float32(0))
    lengths = np.diff(vectors.indptr)
    columns = vectors.indices.astype(np.int64) + np.repeat(np.maximum(positions, 0), lengths) * features
    own = csr_array(
        (vectors.data * np.repeat(scale, lengths), columns, vectors.indptr), shape=(sentences, features * targets)
    )
    rows = np.flatnonzero(known)
    constant = csr_array((scale[rows], (rows, positions[rows])), shape=(sentences, targets))
    return csr_array(hstack([vectors * np.float32(np.sqrt(1 - OWN)), own, constant], format="csr"))


def uncross(weights: NDArray[np.float64], features: int, targets: int) -> tuple[NDArray[np.float64], ...]:
    """Weights of plain features that score as `weights` (crossed features, labels) do on crossed ones.

    Returns the weights for sentences of no known target, (features, labels); those for each target, (targets, features,
    labels); and what each target adds to the intercept, (targets, labels).
    """
    shared = np.sqrt(1 - OWN) * weights[:features]
    own = np.sqrt(OWN) * weights[features : features * (1 + targets)].reshape(targets, features, -1)
    return shared, shared + own, np.sqrt(OWN) * weights[features * (1 + targets) :]
