"""Which unlabelled sentences to label next: uncertain ones that differ, and likely finds of rare labels.

Both kinds of choice need nothing but a model's probabilities and a vector a sentence, so the same functions choose for
`stance suggest` and in the simulation that measures them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from pipeline.reviewing.vectors import Vectors

RARE_SHARE = 0.25
"""Share of the picks that seek rare labels."""
PREFILTER = 5
"""The most uncertain sentences considered, for each one chosen of them."""

Floats = NDArray[np.float64]
Embed = Callable[[Sequence[int]], Vectors]
"""From rows to their vectors; called with the considered rows only."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen row; `rare` is the position of the rare label that it may carry, None where uncertainty chose it."""

    row: int
    rare: int | None = None


def select(probabilities: Floats, counts: Sequence[float], embed: Embed, n: int, seed: int) -> list[Pick]:
    """At most `n` picks in the order of their use; no row twice.

    `probabilities` has shape (sentences, labels); `counts` says how many labelled sentences each label has. RARE_SHARE
    of the picks seek rare labels as far as there are candidates, the others are uncertain and diverse; both kinds are
    spread evenly over the list.
    """
    n = min(n, len(probabilities))
    seeking = seek_rare(probabilities, counts, round(RARE_SHARE * n))
    taken = {pick.row for pick in seeking}
    ranked = [int(row) for row in np.argsort(-uncertainty(probabilities), kind="stable") if int(row) not in taken]
    rest = n - len(seeking)
    considered = ranked[: PREFILTER * rest]
    diverse = considered if len(considered) <= rest else _diverse(probabilities, considered, embed, rest, seed)
    return _interleave(seeking, [Pick(row) for row in diverse])


def uncertainty(probabilities: Floats) -> Floats:
    """One minus the margin between the two most probable labels, shape (sentences,), in [0, 1].

    Scheffer, Decomain and Wrobel, "Active Hidden Markov Models for Information Extraction" (2001).
    """
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(1.0 - (ordered[:, -1] - ordered[:, -2]), dtype=np.float64)


def _diverse(probabilities: Floats, considered: Sequence[int], embed: Embed, n: int, seed: int) -> list[int]:
    """The most uncertain row of each of `n` clusters, the most uncertain first.

    Zhdanov, "Diverse mini-batch Active Learning" (2019): k-means on a prefiltered part, weighted by uncertainty. Where
    equal vectors give fewer clusters, the most uncertain of the other rows fill up.
    """
    unsure = uncertainty(probabilities[considered])
    vectors = embed(considered)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # told of equal vectors
        # Weights of exactly 0 would leave clusters without mass.
        means = KMeans(n, n_init=1, max_iter=50, random_state=seed).fit(vectors, sample_weight=np.maximum(unsure, 1e-6))
    ranked = [int(position) for position in np.argsort(-unsure, kind="stable")]
    best: dict[int, int] = {}
    for position in ranked:
        best.setdefault(int(means.labels_[position]), position)
    chosen = dict.fromkeys([*best.values(), *ranked])
    return [considered[position] for position in list(chosen)[:n]]


def rare_labels(counts: Sequence[float]) -> list[int]:
    """Positions of the labels with less than half of an equal share of all sentences, the rarest first."""
    limit = sum(counts) / (2 * len(counts))
    return sorted((label for label, count in enumerate(counts) if count < limit), key=lambda label: counts[label])


def seek_rare(probabilities: Floats, counts: Sequence[float], n: int) -> list[Pick]:
    """The likeliest row of each rare label in turn, until there are `n` or no likely ones are left.

    The greedy rule of active search (Garnett et al., "Bayesian Optimal Active Search and Surveying", 2012): take what
    most probably belongs to the class sought. A row is a candidate for a label where its probability is more than twice
    the label's share of the labelled sentences.
    """
    total = max(float(sum(counts)), 1.0)
    queues = {
        label: [
            int(row)
            for row in np.argsort(-probabilities[:, label], kind="stable")
            if probabilities[row, label] > 2 * counts[label] / total
        ]
        for label in rare_labels(counts)
    }
    taken: dict[int, Pick] = {}
    while len(taken) < n and any(queues.values()):
        for label, queue in queues.items():
            while queue and queue[0] in taken:
                queue.pop(0)
            if queue and len(taken) < n:
                row = queue.pop(0)
                taken[row] = Pick(row, label)
    return list(taken.values())


def _interleave(first: list[Pick], second: list[Pick]) -> list[Pick]:
    """Both lists in their order, spread evenly over the result."""
    places = [((position + 0.5) / len(picks), pick) for picks in (first, second) for position, pick in enumerate(picks)]
    return [pick for _, pick in sorted(places, key=lambda place: place[0])]
