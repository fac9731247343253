"""How figures look: colours that survive colour-blind eyes and a black-and-white printer, marks, and text sizes.

Model colours are from Okabe and Ito (2008), and every model has a mark and a dash of its own besides. Each colour
stands for a CSS variable of the page, so that figures in the HTML follow its light or dark scheme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.reporting.names import FLOORS

INK = "#1b2026"
MUTED = "#57606a"
RULE = "#c9cfd6"
HEAT = "#4f94cd"
"""The darkest cell of a heat map; INK stays readable on it."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")

VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    RULE: "--rule",
    HEAT: "--heat",
    **{colour: f"--series-{position}" for position, colour in enumerate(COLOURS, start=1)},
}
"""Colour to CSS variable."""

SIZE = 10.5
SMALL = 9.5
WIDTH = 360
"""Natural width of a figure in CSS pixels: a phone shows it at full size."""

RC: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": SIZE,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": SMALL,
    "axes.linewidth": 0.8,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SIZE,
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "figure.dpi": 72,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How one model is drawn everywhere: colour, marker, line dash, and whether the marker is filled."""

    colour: str
    marker: str
    dash: str | tuple[float, tuple[float, ...]]
    filled: bool = True


_KNOWN = {
    "transformer": Mark(COLOURS[0], "o", "-"),
    "tfidf": Mark(COLOURS[1], "s", (0, (5, 2))),
    "embedding": Mark(COLOURS[2], "D", (0, (1, 1.5))),
    "rules": Mark(COLOURS[3], "^", (0, (5, 1.5, 1, 1.5))),
    "stratified": Mark(MUTED, "d", (0, (1, 3)), filled=False),
    "majority": Mark(MUTED, "v", (0, (3, 3)), filled=False),
}
_SPARE = (Mark(COLOURS[4], "P", (0, (7, 2))), Mark(COLOURS[5], "X", (0, (2, 2))), Mark(INK, "*", "-"))


def marks(models: Sequence[str]) -> dict[str, Mark]:
    """The mark of each model: the same for a known model in every figure and report."""
    unknown = [model for model in models if model not in _KNOWN and model not in FLOORS]
    spare = {model: _SPARE[position % len(_SPARE)] for position, model in enumerate(unknown)}
    return {model: _KNOWN.get(model) or spare[model] for model in models}
