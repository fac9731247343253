"""How far a number may be from the reported one when it is computed on another kind of machine.

Same kind of machine and same versions: not at all. Elsewhere sums are taken in another order, rounding differs in the
last digits, and training amplifies that until it amounts to another seed. What another seed may change is recorded:

- From three repetitions on, the standard deviation s over repetitions (other folds and seeds). The mean of R values and
  the mean of R others differ by a standard error of s·√(2/R); the tolerance is three of these.
- With fewer, no spread over seeds is known. The tolerance is half the width of the recorded interval: a number that
  falls outside the interval that was reported contradicts the report.

A number with neither is shown, but not judged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

ROUNDING = 1e-9
"""What equal predictions may differ by in a metric when other versions or processors add them up."""
MINIMUM_REPETITIONS = 3
STANDARD_ERRORS = 3.0


def tolerance(statistic: Mapping[str, Any], repetitions: int) -> float | None:
    """Tolerance for the mean of a statistic with `sd` and `ci` over `repetitions`; None where neither is recorded."""
    spread, interval = statistic.get("sd"), statistic.get("ci")
    if repetitions >= MINIMUM_REPETITIONS and spread is not None:
        return STANDARD_ERRORS * float(spread) * math.sqrt(2 / repetitions) + ROUNDING
    if interval is not None:
        return (float(interval[1]) - float(interval[0])) / 2 + ROUNDING
    return None


def statement(repetitions: int) -> str:
    """How the tolerance of a run with `repetitions` was found, in one sentence."""
    if repetitions >= MINIMUM_REPETITIONS:
        return (
            f"tolerance: {STANDARD_ERRORS:g} standard errors of the difference of two means over {repetitions} "
            "repetitions, from the recorded standard deviation"
        )
    return (
        f"tolerance: half the width of the recorded interval, as {repetitions} repetition"
        f"{'s tell' if repetitions > 1 else ' tells'} too little about the spread over seeds"
    )
