"""Splits inside a fold's training part, for early stopping and for tuning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.errors import DataError
from pipeline.splitting.partition import Labels
from pipeline.splitting.strategies import divide

IdPair = tuple[tuple[str, ...], tuple[str, ...]]
"""Ids to learn from and ids to judge by."""


def development_split(
    ids: Sequence[str], groups: Mapping[str, str], labels: Labels, fraction: float, seed: int
) -> IdPair:
    """Set about `fraction` of `ids`, in (0, 1), aside: whole groups, with every label in proportion where they allow.

    Returns the training and the development ids. A lone group is divided sentence by sentence. Raises DataError for
    fewer than two ids.
    """
    development = divide(ids, _units(ids, groups), labels, [fraction, 1 - fraction], seed)[0]
    return development.train, development.test


def inner_folds(ids: Sequence[str], groups: Mapping[str, str], labels: Labels, k: int, seed: int) -> tuple[IdPair, ...]:
    """At most `k` stratified folds of whole groups, as pairs of training and validation ids.

    With fewer than `k` groups there is a fold a group; a lone group is divided sentence by sentence. Raises DataError
    for fewer than two ids.
    """
    units = _units(ids, groups)
    parts = min(k, len(set(units.values())))
    return tuple((fold.train, fold.test) for fold in divide(ids, units, labels, [1 / parts] * parts, seed))


def _units(ids: Sequence[str], groups: Mapping[str, str]) -> dict[str, str]:
    """The groups of `ids`, or each id by itself where there is only one group."""
    if len(ids) < 2:
        raise DataError(
            f"{len(ids)} labelled sentences in a training part cannot be divided; use fewer or larger folds"
        )
    units = {one: groups[one] for one in ids}
    return units if len(set(units.values())) > 1 else {one: one for one in ids}
