"""How numbers are written: one way for each kind, the same in HTML, Markdown and figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

MISSING = "\u2013"
_MINUS = "\u2212"


def number(value: float | None, digits: int = 3) -> str:
    """`value` with `digits` decimals, a true minus sign, and a dash for None or NaN."""
    if value is None or math.isnan(value):
        return MISSING
    return f"{value:,.{digits}f}".replace("-", _MINUS)


def count(value: float | None) -> str:
    """A count: whole numbers plain, means of counts with one decimal."""
    if value is None:
        return MISSING
    return number(value, 0 if float(value).is_integer() or abs(value) >= 100 else 1)


def percent(share: float | None, digits: int = 0) -> str:
    """A share in [0, 1] in per cent."""
    return MISSING if share is None else f"{number(100 * share, digits)} %"


def points(difference: float | None) -> str:
    """A difference of scores in [-1, 1] in points of 100, always signed."""
    if difference is None or math.isnan(difference):
        return MISSING
    rounded = round(100 * difference, 1)
    return f"{'+' if rounded > 0 else ''}{number(rounded + 0.0, 1)}"


def interval(bounds: Sequence[float | None] | None, digits: int = 3) -> str:
    """`low to high`, empty where there is no interval."""
    if not bounds or any(bound is None for bound in bounds):
        return ""
    return f"{number(bounds[0], digits)} to {number(bounds[1], digits)}"


def p_value(value: float | None) -> str:
    """A p-value, never zero."""
    if value is None or math.isnan(value):
        return MISSING
    return "< 0.001" if value < 0.001 else number(value, 3)


def seconds(value: float | None) -> str:
    """A duration in the unit that suits it."""
    if value is None:
        return MISSING
    if value < 100:
        return f"{number(value, 1)} s"
    minutes = value / 60
    return f"{number(minutes, 1)} min" if minutes < 100 else f"{number(minutes / 60, 1)} h"


def mean(metric: Mapping[str, Any] | None) -> float | None:
    """The mean of a metric, None where the metric is missing or undefined."""
    value = metric.get("mean") if metric else None
    return None if value is None or math.isnan(value) else float(value)


def plain(value: Any) -> str:
    """A setting or fact of any kind in words: no quotes, no brackets, a dash for nothing."""
    if value is None or value in ("", [], {}, ()):
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {plain(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(item) for item in value)
    return str(value)
