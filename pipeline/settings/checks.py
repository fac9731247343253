"""Range checks shared by the settings; each failure names the setting, the value and the allowed range."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.errors import ConfigError


def check_range(name: str, value: float, low: float, high: float = float("inf")) -> None:
    """Raise ConfigError unless low <= value <= high."""
    if not low <= value <= high:
        upper = "" if high == float("inf") else f" and at most {high:g}"
        raise ConfigError(f"{name}={value:g} is out of range; it must be at least {low:g}{upper}")


def check_choice(name: str, value: str, choices: Collection[str]) -> None:
    """Raise ConfigError unless `value` is one of `choices`."""
    if value not in choices:
        raise ConfigError(f"{name}={value!r} is unknown; choose one of {', '.join(sorted(choices))}")
