"""The names of `names.yaml`: countries, organisations, offices, and words that begin sentences."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def word_lists() -> dict[str, tuple[str, ...]]:
    """The lists of `names.yaml`, each entry one name."""
    return {name: tuple(one for line in lines for one in line) for name, lines in _lines().items()}


def countries() -> tuple[tuple[str, ...], ...]:
    """Each country as the list has it: common names, then adjectives and inhabitants, then the capital."""
    return _lines()["countries"]


@cache
def _lines() -> dict[str, tuple[tuple[str, ...], ...]]:
    content = yaml.safe_load(files("pipeline").joinpath("names.yaml").read_text(encoding="utf-8"))
    return {name: tuple(tuple(line.split("|")) for line in lines) for name, lines in content.items()}
