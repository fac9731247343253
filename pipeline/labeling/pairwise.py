"""Each annotator against each other one: Cohen's kappa and Gwet's AC1, over all labels and one label at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from pipeline.labeling.ac1 import ac1

Readings = Mapping[str, Mapping[str, int]]
"""Sentence id to annotator to the position of the label."""


def pairs(readings: Readings, annotators: Sequence[str], names: Sequence[str]) -> list[dict[str, Any]]:
    """An entry for each pair that shares sentences: `annotators`, `sentences`, `percent` (0 to 100), `kappa`, `ac1`.

    `labels` has the same for each label against the rest, with its `support`: the sentences to which either gave it. A
    kappa is None where neither of the two varies.
    """
    found = []
    for pair in combinations(annotators, 2):
        first, second = pair
        shared = [labels for labels in readings.values() if first in labels and second in labels]
        if not shared:
            continue
        given = np.array([[labels[first], labels[second]] for labels in shared])
        per_label = {}
        for position, name in enumerate(names):
            of_label = (given == position).astype(np.int64)
            per_label[name] = {**_coefficients(of_label, 2), "support": int(of_label.any(axis=1).sum())}
        found.append(
            {
                "annotators": list(pair),
                "sentences": len(shared),
                **_coefficients(given, len(names)),
                "labels": per_label,
            }
        )
    return found


def by_annotator(
    readings: Readings, annotators: Sequence[str], names: Sequence[str], pairwise: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """For each annotator: `sentences` shared with anybody, how often each label was given, and means over the pairs.

    The means of `percent` and `kappa` weigh every other annotator alike; pairs without a kappa are left out.
    """
    found = {}
    for annotator in annotators:
        given = [labels[annotator] for labels in readings.values() if annotator in labels]
        own = [entry for entry in pairwise if annotator in entry["annotators"]]
        kappas = [entry["kappa"] for entry in own if entry["kappa"] is not None]
        counts = np.bincount(given, minlength=len(names))
        found[annotator] = {
            "sentences": len(given),
            "percent": float(np.mean([entry["percent"] for entry in own])),
            "kappa": float(np.mean(kappas)) if kappas else None,
            "counts": dict(zip(names, counts.tolist(), strict=True)),
        }
    return found


def _coefficients(given: NDArray[np.int64], labels: int) -> dict[str, Any]:
    """`given` holds the positions of both annotators' labels, shape (sentences, 2)."""
    counts = np.zeros((len(given), labels), dtype=np.int64)
    np.add.at(counts, (np.arange(len(given))[:, None], given), 1)
    agreeing = given[:, 0] == given[:, 1]
    varies = len(np.unique(given)) > 1
    kappa = float(cohen_kappa_score(given[:, 0], given[:, 1])) if varies else None
    return {"percent": float(100 * agreeing.mean()), "kappa": kappa, "ac1": ac1(counts)}
