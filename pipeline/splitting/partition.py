"""Dividing groups into parts so that every label is spread as evenly as the groups allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Labels = Mapping[str, Mapping[str, str | None]]
"""Sentence id to task to label; None where a task has no label."""

RESTARTS = 16
TRIALS = 1000
"""Groups placed over all restarts: many small groups come out even at once, few large ones need the restarts."""
SWEEPS = 20
PARTNERS = 64
"""Swap partners tried for a group, drawn anew each time; with fewer groups, all."""
MANY = 5000
"""Groups from which on the partners are drawn without permuting all groups, in time that does not grow with them."""
NEGLIGIBLE = 1e-9


def group_counts(
    ids: Sequence[str], groups: Mapping[str, str], labels: Labels
) -> tuple[list[str], NDArray[np.float64]]:
    """Names of the groups in order of appearance and how much of everything each holds.

    The counts have shape (groups, columns): a column for the sentences, then one for each label of each task.
    """
    rows = {group: row for row, group in enumerate(dict.fromkeys(groups[one] for one in ids))}
    present = sorted({(task, label) for one in ids for task, label in labels[one].items() if label is not None})
    columns = {key: column for column, key in enumerate(present, start=1)}
    counts = np.zeros((len(rows), 1 + len(columns)))
    for one in ids:
        row = rows[groups[one]]
        counts[row, 0] += 1
        for task, label in labels[one].items():
            if label is not None:
                counts[row, columns[task, label]] += 1
    return list(rows), counts


def partition(counts: NDArray[np.float64], shares: Sequence[float], seed: int) -> NDArray[np.intp]:
    """Part of each group, of shape (groups,), such that part p holds about `shares[p]` of every column of `counts`.

    `counts` has shape (groups, columns) and no empty column; `shares` sum to 1; there are at least as many groups as
    parts, and no part comes out empty. Of several local optima, each reached from a random order of the groups, the one
    with the fewest labels missing from a part is taken, then the one with the smallest chi-square distance from the
    shares. Stratifying each label by itself follows Sechidis, Tsoumakas and Vlahavas, "On the Stratification of
    Multi-Label Data" (2011); groups need the exchange of whole groups on top. Nothing but counts is looked at.
    """
    rng = np.random.default_rng(seed)
    target = np.outer(shares, counts.sum(axis=0))
    best: tuple[tuple[int, float], NDArray[np.intp]] | None = None
    for _ in range(min(RESTARTS, 1 + TRIALS // len(counts))):
        parts = _assign(counts, target, rng)
        excess = _improve(parts, counts, target, rng)
        missing = int(np.count_nonzero(np.isclose(excess, -target)))
        score = missing, round(float((excess**2 / target).sum()), 6)
        if best is None or score < best[0]:
            best = score, parts
    assert best is not None
    return best[1]


def _assign(counts: NDArray[np.float64], target: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.intp]:
    """Put each group, in random order, where it raises the distance least; then fill the parts left empty."""
    parts = np.zeros(len(counts), dtype=np.intp)
    excess = -target
    for group in rng.permutation(len(counts)):
        costs = ((2 * excess + counts[group]) * counts[group] / target).sum(axis=1)
        parts[group] = rng.choice(np.flatnonzero(costs <= costs.min() + NEGLIGIBLE))
        excess[parts[group]] += counts[group]
    for empty in np.setdiff1d(np.arange(len(target)), parts):
        movable = np.flatnonzero(np.bincount(parts, minlength=len(target))[parts] > 1)
        parts[movable[np.argmin(counts[movable, 0])]] = empty
    return parts


def _improve(
    parts: NDArray[np.intp], counts: NDArray[np.float64], target: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Move and swap groups, changing `parts`, while that lowers the distance; return counts minus target by part."""
    excess = -target
    np.add.at(excess, parts, counts)
    for _ in range(SWEEPS):
        gained = sum(_step(group, parts, excess, counts, target, rng) for group in rng.permutation(len(counts)))
        if gained <= len(counts) // PARTNERS:
            break
    return excess


def _step(
    group: int,
    parts: NDArray[np.intp],
    excess: NDArray[np.float64],
    counts: NDArray[np.float64],
    target: NDArray[np.float64],
    rng: np.random.Generator,
) -> bool:
    """Make the best move or swap of one group if it helps, changing `parts` and `excess`; tell whether it did."""
    here, load = parts[group], counts[group]
    moves = ((load - 2 * excess[here]) * load / target[here]).sum() + ((load + 2 * excess) * load / target).sum(axis=1)
    moves[here] = 0
    if np.count_nonzero(parts == here) == 1:
        moves[:] = 0

    count = len(counts)
    partners = rng.permutation(count)[:PARTNERS] if count < MANY else rng.choice(count, PARTNERS, replace=False)
    there = parts[partners]
    change = counts[partners] - load
    swaps = ((change + 2 * excess[here]) * change / target[here]).sum(axis=1)
    swaps += ((change - 2 * excess[there]) * change / target[there]).sum(axis=1)
    swaps[there == here] = 0

    # Rounded, so that sums added up in another order on another processor choose alike between equals.
    moves, swaps = moves.round(9), swaps.round(9)
    move, swap = int(np.argmin(moves)), int(np.argmin(swaps))
    if min(moves[move], swaps[swap]) >= -NEGLIGIBLE:
        return False
    if moves[move] <= swaps[swap]:
        gone, elsewhere = load, move
    else:
        gone, elsewhere = -change[swap], int(there[swap])
        parts[partners[swap]] = here
    parts[group] = elsewhere
    excess[here] -= gone
    excess[elsewhere] += gone
    return True
