"""Agreement over time: whether annotators drift apart, or settle in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.labeling.alpha import Counts, alpha
from pipeline.labeling.resolution import moment

DAYS = 31
"""Votes that span at most this many days are reported day by day, others month by month."""


def over_time(times: Mapping[str, str], counts: Counts) -> list[dict[str, Any]]:
    """Agreement in each period, in order: `period`, `sentences`, `percent` (0 to 100) and `alpha` (or None).

    `times` maps the sentences, in the order of the rows of `counts`, to when the last of their votes was cast (ISO
    8601), which decides their period; those without a time are left out. Empty where all lie in one period.
    """
    dated = [(row, moment(time)) for row, time in enumerate(times.values()) if time]
    if not dated:
        return []
    days = [when for _, when in dated]
    form = "%Y-%m-%d" if (max(days) - min(days)).days <= DAYS else "%Y-%m"
    periods: dict[str, list[int]] = defaultdict(list)
    for row, when in dated:
        periods[when.strftime(form)].append(row)
    if len(periods) < 2:
        return []
    return [_period(name, counts[np.array(rows)]) for name, rows in sorted(periods.items())]


def _period(name: str, counts: Counts) -> dict[str, Any]:
    return {"period": name, "sentences": len(counts), "percent": percent(counts), "alpha": alpha(counts)}


def percent(counts: Counts) -> float:
    """Mean share of agreeing pairs of annotators, in 0 to 100; every row of `counts` sums to 2 or more."""
    raters = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1)
    return float(100 * np.mean(agreeing / (raters * (raters - 1))))


def last(times: Sequence[str]) -> str:
    """The latest of ISO 8601 `times`, empty where one is missing: such a sentence belongs to no period."""
    return max(times, key=moment) if all(times) else ""
