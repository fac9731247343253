"""Dot-and-interval plots: estimates with their uncertainty, a row each, a mark for each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.reporting.figures.drawing import Drawing, draw
from pipeline.reporting.figures.style import INK, MUTED, RULE, SIZE, SMALL, WIDTH, Mark
from pipeline.reporting.formatting import mean
from pipeline.reporting.names import shorten

_STEP = 11
"""Height of one estimate in pixels."""
_LEGEND_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its interval, both None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, metric: Mapping[str, Any] | None) -> Estimate | None:
        """From a metric with `mean` and `ci`; None where it has no mean."""
        value = mean(metric)
        if metric is None or value is None:
            return None
        low, high = metric.get("ci") or (None, None)
        return cls(value, low, high)


@dataclass(frozen=True, slots=True)
class Series:
    """The estimates of one model, one for each row, None where it has none."""

    name: str
    mark: Mark
    estimates: Sequence[Estimate | None]


@dataclass(frozen=True, slots=True)
class Scale:
    """The horizontal axis: its name and ends; `zero` draws a line there, to tell gain from loss."""

    name: str
    low: float = 0.0
    high: float = 1.0
    zero: bool = False


def draw_intervals(
    name: str,
    alt: str,
    rows: Sequence[str],
    series: Sequence[Series],
    scale: Scale,
    dpi: int,
    notes: Sequence[str] = (),
) -> Drawing:
    """One row for each of `rows`, in it one dot and interval for each of `series`; `notes` stand right of the rows."""
    shown = [shorten(row, 20) for row in rows]
    left = 14 + 6.0 * max(map(len, shown), default=0)
    right = 12 + 5.8 * max(map(len, notes), default=0)
    legend_rows = -(-len(series) // _LEGEND_COLUMNS) if len(series) > 1 else 0
    top, bottom = 10 + 16 * legend_rows, 34
    row_height = max(24, _STEP * len(series) + 11)
    height = top + bottom + row_height * len(rows)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes(
            (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, row_height * len(rows) / height)
        )
        _prepare(axes, shown, scale)
        for position, one in enumerate(series):
            _paint_series(axes, one, (position - (len(series) - 1) / 2) * _STEP / row_height)
        for row, note in enumerate(notes):
            axes.annotate(
                note,
                (1, row),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=MUTED,
                fontsize=SMALL,
                annotation_clip=False,
            )
        if legend_rows:
            handles, labels = axes.get_legend_handles_labels()
            # matplotlib fills one column after the other; people read line by line.
            order = sorted(range(len(labels)), key=lambda place: (place % _LEGEND_COLUMNS, place))
            figure.legend(
                [handles[place] for place in order],
                [labels[place] for place in order],
                loc="upper left",
                bbox_to_anchor=(0.012, 1 - 5 / height),
                ncols=_LEGEND_COLUMNS,
                frameon=False,
                fontsize=SMALL,
                handlelength=1,
                handletextpad=0.4,
                columnspacing=1.1,
                borderpad=0,
                borderaxespad=0,
                labelspacing=0.3,
            )

    return draw(name, alt, (WIDTH, height), paint, dpi)


def _prepare(axes: Axes, rows: Sequence[str], scale: Scale) -> None:
    axes.set_xlim(scale.low, scale.high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, pad=6)
    axes.set_xlabel(scale.name, labelpad=3)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    for edge in range(1, len(rows)):
        axes.axhline(edge - 0.5, color=RULE, linewidth=0.6, dashes=(1, 3))
    if scale.zero:
        axes.axvline(0, color=INK, linewidth=1)


def _paint_series(axes: Axes, series: Series, offset: float) -> None:
    mark = series.mark
    placed = [(row + offset, estimate) for row, estimate in enumerate(series.estimates) if estimate is not None]
    bounded = [(y, one.low, one.high) for y, one in placed if one.low is not None and one.high is not None]
    axes.hlines(
        [y for y, _, _ in bounded],
        [low for _, low, _ in bounded],
        [high for _, _, high in bounded],
        color=mark.colour,
        linewidth=1.6 if mark.filled else 1.0,
        clip_on=False,
    )
    axes.plot(
        [estimate.value for _, estimate in placed],
        [y for y, _ in placed],
        linestyle="none",
        marker=mark.marker,
        markersize=SIZE * 0.55,
        markeredgewidth=1.1,
        markeredgecolor=mark.colour,
        markerfacecolor=mark.colour if mark.filled else "none",
        label=series.name,
        clip_on=False,
    )
