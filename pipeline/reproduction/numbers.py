"""Reported and obtained numbers side by side, each with its difference, tolerance and verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipeline.reproduction.tolerance import ROUNDING, tolerance

Path = tuple[str, ...]
Scalar = str | float | bool | None
ESTIMATES = ("mean", "difference")
"""Names of the numbers that stand beside their own interval."""


class Verdict(StrEnum):
    """What became of a reported number."""

    IDENTICAL = "identical"
    WITHIN = "within tolerance"
    DIFFERS = "differs"
    UNJUDGED = "not judged"
    """Nothing was recorded that a tolerance could be derived from."""


class Regime(StrEnum):
    """How much two runs may differ in the numbers of a model."""

    EXACT = "exact"
    """The predictions are identical or ought to be: the numbers may differ by rounding only."""
    SPREAD = "spread"
    """Other predictions on other machines or versions: the numbers may differ as if by another seed."""


@dataclass(frozen=True, slots=True)
class Number:
    """One reported number; `name` is its dotted place in metrics.json or comparison.json.

    `reported` and `obtained` are None where the metric is undefined; `tolerance` is None where none is known.
    """

    name: str
    reported: float | None
    obtained: float | None
    tolerance: float | None

    @property
    def difference(self) -> float | None:
        """Obtained minus reported; None where either is undefined."""
        return None if self.reported is None or self.obtained is None else self.obtained - self.reported

    @property
    def verdict(self) -> Verdict:
        """Equal numbers are identical, whatever the tolerance; a defined one never holds against an undefined one."""
        if self.reported == self.obtained:
            return Verdict.IDENTICAL
        if self.tolerance is None:
            return Verdict.UNJUDGED
        if self.difference is None or abs(self.difference) > self.tolerance:
            return Verdict.DIFFERS
        return Verdict.WITHIN


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Every scalar in nested dicts and lists with the keys and positions that lead to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            yield from leaves(inner, (*path, str(position)))
    else:
        yield path, value


def compare_numbers(
    reported: Mapping[str, Any], obtained: Mapping[str, Any], prefix: Path, regime: Regime, repetitions: int
) -> list[Number]:
    """A Number for every numeric leaf of `reported`, in its order.

    `prefix` leads from the root of the file to `reported`, for the names. A leaf that `obtained` lacks is undefined
    there.
    """
    found = dict(leaves(obtained))
    tolerance_of = _tolerances(reported, regime, repetitions)
    return [
        Number(".".join((*prefix, *path)), _number(value), _number(found.get(path)), tolerance_of(path))
        for path, value in leaves(reported)
        if not isinstance(value, (str, bool))
    ]


def _number(value: Scalar) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


def _tolerances(reported: Mapping[str, Any], regime: Regime, repetitions: int) -> Callable[[Path], float | None]:
    """Function from the path of a leaf to its tolerance: with a spread, only estimates and interval limits have one."""

    def of(path: Path) -> float | None:
        if regime == Regime.EXACT:
            return ROUNDING
        if path[-1] in ESTIMATES:
            owner = path[:-1]
        elif path[-2:-1] == ("ci",):
            owner = path[:-2]
        else:
            return None
        statistic: Any = reported
        for key in owner:
            statistic = statistic[int(key) if isinstance(statistic, list) else key]
        return tolerance(statistic, repetitions)

    return of
