"""Suggestions: which sentences to label next, for which task, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from pipeline.reviewing.selection import Embed, Pick, select
from pipeline.seeding import derive_seed

UNCERTAIN, RARE = "uncertain", "rare"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One sentence, at position `row` of the pool, to label for the sake of `task`.

    `kind` is `uncertain` (the model wavers between `label`, its guess, and `runner_up`) or `rare` (it may carry the
    rare `label`; `runner_up` is the most probable other one). Probabilities are in [0, 1].
    """

    row: int
    task: str
    kind: str
    label: str
    probability: float
    runner_up: str
    runner_up_probability: float
    reason: str


def suggest(
    probabilities: Mapping[str, NDArray[np.float64]],
    labels: Mapping[str, Sequence[str]],
    counts: Mapping[str, Sequence[float]],
    embed: Embed,
    n: int,
    seed: int,
) -> list[Suggestion]:
    """At most `n` suggestions in the order of their use, no sentence twice, the tasks in turn.

    `probabilities` has a table of shape (sentences, labels) a task, `labels` its columns, `counts` how many labelled
    sentences each has. Labelling the first k of the list is a fair choice of k.
    """
    queues = [
        [(task, pick) for pick in select(table, counts[task], embed, n, derive_seed(seed, "suggest", task))]
        for task, table in probabilities.items()
    ]
    chosen: dict[int, tuple[str, Pick]] = {}
    for turn in zip_longest(*queues):
        for entry in turn:
            if entry is not None and len(chosen) < n:
                chosen.setdefault(entry[1].row, entry)
    return [
        _suggestion(probabilities[task][pick.row], labels[task], counts[task], task, pick)
        for task, pick in chosen.values()
    ]


def _suggestion(
    row: NDArray[np.float64], labels: Sequence[str], counts: Sequence[float], task: str, pick: Pick
) -> Suggestion:
    ranked = [int(label) for label in np.argsort(-row, kind="stable")]
    first = ranked[0] if pick.rare is None else pick.rare
    second = next(label for label in ranked if label != first)
    chances = f"{labels[first]} {row[first]:.2f}, {labels[second]} {row[second]:.2f}"
    if pick.rare is None:
        reason = f"uncertain: {chances}"
    else:
        reason = f"may be {labels[first]}, which is rare ({counts[first]:.0f} of {sum(counts):.0f}): {chances}"
    kind = UNCERTAIN if pick.rare is None else RARE
    return Suggestion(
        pick.row, task, kind, labels[first], float(row[first]), labels[second], float(row[second]), reason
    )
