"""Learning curves: a score against the number of sentences trained on, a line a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from pipeline.reporting.figures.curves import HEIGHT, legend, unit_axes
from pipeline.reporting.figures.drawing import Drawing, draw
from pipeline.reporting.figures.intervals import Estimate
from pipeline.reporting.figures.style import WIDTH, marks
from pipeline.reporting.names import model_name


def draw_learning_curve(
    name: str, alt: str, heading: str, curves: Mapping[str, Sequence[Mapping[str, Any]]], dpi: int
) -> Drawing:
    """`curves` maps a model to points of `train` (sentences, by rising number) and `macro_f1` (`mean`, `ci`)."""
    largest = max(point["train"] for points in curves.values() for point in points)

    def paint(figure: Figure) -> None:
        axes = unit_axes(figure, heading, "labelled sentences trained on", "macro-F1")
        axes.set_xlim(0, 1.04 * largest)
        axes.set_ylim(0, 1)
        # Models are set apart a little, so that their intervals do not cover each other.
        for position, (model, mark) in enumerate(marks(list(curves)).items()):
            shift = (position - (len(curves) - 1) / 2) * 0.012 * largest
            placed = [
                (point["train"] + shift, estimate)
                for point in curves[model]
                if (estimate := Estimate.of(point["macro_f1"])) is not None
            ]
            axes.plot(
                [x for x, _ in placed],
                [one.value for _, one in placed],
                color=mark.colour,
                linestyle=mark.dash,
                linewidth=1.5,
                marker=mark.marker,
                markersize=5.5,
                markerfacecolor=mark.colour if mark.filled else "none",
                label=model_name(model),
                clip_on=False,
            )
            bounded = [(x, one.low, one.high) for x, one in placed if one.low is not None and one.high is not None]
            axes.vlines(
                [x for x, _, _ in bounded],
                [low for _, low, _ in bounded],
                [high for _, _, high in bounded],
                color=mark.colour,
                linewidth=1.0,
            )
        legend(figure)

    return draw(name, alt, (WIDTH, HEIGHT), paint, dpi, heading)
