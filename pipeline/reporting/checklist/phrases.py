"""Facts of a run in a phrase."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.reporting.inputs import ReportInput

NOT_RECORDED = "not recorded"
Fit = Mapping[str, Any]
"""What one training of a model chose and cost."""


def by_model(run: ReportInput, answer: Callable[[Sequence[Fit]], str]) -> str:
    """`answer` for the fits of each model, without models that have none."""
    return "; ".join(f"{model}: {text}" for model, fits in run.training.items() if (text := answer(fits)))


def has(values: Fit, key: str) -> bool:
    """Whether `key` was recorded."""
    return values.get(key) is not None


def listed(values: Mapping[str, Any]) -> str:
    """Names and values, separated by commas."""
    return ", ".join(f"{key} {value}" for key, value in values.items())


def span(values: Sequence[Any]) -> str:
    """The value where all are equal, smallest to largest of numbers, else every different value."""
    different = list(dict.fromkeys(map(str, values)))
    if len(different) > 1 and all(isinstance(value, (int, float)) for value in values):
        return f"{min(values):g} to {max(values):g}"
    return " or ".join(different)


def duration(seconds: float) -> str:
    """Seconds, or minutes from two of them on."""
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def count(number: int, noun: str) -> str:
    """The number with its noun, in the plural where it has to be."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
