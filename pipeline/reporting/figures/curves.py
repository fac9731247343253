"""Axes of the unit square, shared by the reliability diagram and the risk-coverage curve."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.reporting.figures.style import RULE, SIZE, SMALL, WIDTH

HEIGHT = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 50, 38


def unit_axes(figure: Figure, heading: str, x_name: str, y_name: str) -> Axes:
    """Axes for shares from 0 to 1 under `heading`, with room for a legend."""
    axes = figure.add_axes(
        (
            _LEFT / WIDTH,
            _BOTTOM / HEIGHT,
            (WIDTH - _LEFT - _RIGHT) / WIDTH,
            (HEIGHT - _TOP - _BOTTOM) / HEIGHT,
        )
    )
    axes.set_xlabel(x_name, labelpad=3)
    axes.set_ylabel(y_name, labelpad=4)
    axes.tick_params(length=0, pad=5, labelsize=SMALL)
    axes.spines[["right", "top"]].set_visible(False)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    figure.text(4 / WIDTH, 1 - 14 / HEIGHT, heading, fontsize=SIZE + 1, fontweight="bold", va="center")
    return axes


def legend(figure: Figure) -> None:
    """The legend in one line under the heading."""
    figure.legend(
        loc="upper left",
        bbox_to_anchor=(3 / WIDTH, 1 - 25 / HEIGHT),
        ncols=4,
        frameon=False,
        fontsize=SMALL,
        handlelength=2.2,
        handletextpad=0.5,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0,
    )
