"""Reliability diagrams: how often predictions of a given confidence are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from pipeline.reporting.figures.curves import HEIGHT, legend, unit_axes
from pipeline.reporting.figures.drawing import Drawing, draw
from pipeline.reporting.figures.style import MUTED, WIDTH, marks
from pipeline.reporting.names import model_name


def draw_reliability(
    name: str, alt: str, heading: str, bins: Mapping[str, Sequence[Mapping[str, Any]]], dpi: int
) -> Drawing:
    """`bins` maps a model to its bins of `confidence`, `accuracy` (both in [0, 1]) and `count`."""

    def paint(figure: Figure) -> None:
        axes = unit_axes(figure, heading, "confidence", "share right")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, dashes=(1, 2))
        for model, mark in marks(list(bins)).items():
            rows = sorted(bins[model], key=lambda row: row["confidence"])
            x, y = [row["confidence"] for row in rows], [row["accuracy"] for row in rows]
            axes.plot(
                x,
                y,
                color=mark.colour,
                linestyle=mark.dash,
                linewidth=1.5,
                marker=mark.marker,
                markersize=5.5,
                markerfacecolor=mark.colour if mark.filled else "none",
                label=model_name(model),
                clip_on=False,
            )
        legend(figure)

    return draw(name, alt, (WIDTH, HEIGHT), paint, dpi, heading)
