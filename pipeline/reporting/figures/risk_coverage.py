"""Risk-coverage curves: the share of errors left when only the most confident predictions are accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from pipeline.reporting.figures.curves import HEIGHT, legend, unit_axes
from pipeline.reporting.figures.drawing import Drawing, draw
from pipeline.reporting.figures.style import WIDTH, marks
from pipeline.reporting.names import model_name


def draw_risk_coverage(
    name: str, alt: str, heading: str, curves: Mapping[str, Mapping[str, Any]], highest: float, dpi: int
) -> Drawing:
    """`curves` maps a model to `coverage` and `risk`, two lists of equal length in [0, 1], by rising coverage.

    The risk axis ends above `highest`, so that figures side by side can share it.
    """

    def paint(figure: Figure) -> None:
        axes = unit_axes(figure, heading, "coverage: share of sentences accepted", "risk: share wrong")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, max(0.05, 1.08 * highest))
        for model, mark in marks(list(curves)).items():
            x, y = curves[model]["coverage"], curves[model]["risk"]
            axes.plot(x, y, color=mark.colour, linestyle=mark.dash, linewidth=1.6, label=model_name(model))
            axes.plot(x[-1:], y[-1:], color=mark.colour, marker=mark.marker, markersize=6, clip_on=False)
        legend(figure)

    return draw(name, alt, (WIDTH, HEIGHT), paint, dpi, heading)
