"""Heat maps of counts: every cell shows its number, the shade only helps to find it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from pipeline.reporting.figures.drawing import Drawing, draw
from pipeline.reporting.figures.style import HEAT, INK, MUTED, RULE, SIZE, SMALL, WIDTH
from pipeline.reporting.names import shorten

_LETTER = 6.0
"""Mean width of a letter in pixels, to leave room for names."""
_SLOPE = 52
"""Angle of the column names in degrees."""
_NARROWEST = 22
_GAP = 1.4
"""Pixels between neighbouring cells."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix to draw.

    `texts` and `shades` (in [0, 1]) have one row for each of `rows` and one entry for each of `columns`. `margin`
    stands right of the rows under `margin_name`. `diagonal` outlines the cells where row and column agree.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    texts: Sequence[Sequence[str]]
    shades: Sequence[Sequence[float]]
    margin: Sequence[str] = ()
    margin_name: str = ""
    row_name: str = ""
    column_name: str = ""
    diagonal: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes in pixels; x counts from the left, y from the top."""

    left: float
    top: float
    cell_width: float
    cell_height: float
    width: float
    height: float

    @classmethod
    def of(cls, rows: Sequence[str], columns: Sequence[str], margin: Sequence[str]) -> _Layout:
        """Room for all names, wider than a phone only where the columns leave no other way."""
        left = 12 + _LETTER * max(map(len, rows))
        slanted = math.cos(math.radians(_SLOPE)) * _LETTER * len(columns[-1]) - 4
        right = max(14 + _LETTER * max(map(len, margin), default=0), slanted, 10)
        cell_width = min(54.0, max(_NARROWEST, (WIDTH - left - right) / len(columns)))
        cell_height = min(30.0, max(cell_width, 24))
        top = float(round(52 + math.sin(math.radians(_SLOPE)) * _LETTER * max(map(len, columns))))
        width = max(WIDTH, left + right + cell_width * len(columns))
        return cls(left, top, cell_width, cell_height, width, top + cell_height * len(rows) + 16)

    def centre(self, row: int, column: int) -> tuple[float, float]:
        return self.left + (column + 0.5) * self.cell_width, self.top + (row + 0.5) * self.cell_height

    def corners(self, row: int, column: int) -> list[tuple[float, float]]:
        (x, y), w, h = self.centre(row, column), (self.cell_width - _GAP) / 2, (self.cell_height - _GAP) / 2
        return [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)]


def draw_heatmap(name: str, alt: str, heading: str, grid: Grid, dpi: int) -> Drawing:
    """Draw `grid` under `heading`."""
    rows = [shorten(row, 22) for row in grid.rows]
    columns = [shorten(column, 20) for column in grid.columns]
    layout = _Layout.of(rows, columns, (*grid.margin, grid.margin_name))

    def paint(figure: Figure) -> None:
        # One set of axes in pixels: ticks would cost more time than all the rest.
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, layout.width)
        axes.set_ylim(layout.height, 0)
        axes.text(4, 14, heading, fontsize=SIZE + 1, fontweight="bold", va="center")
        if grid.row_name:
            subtitle = f"rows: {grid.row_name} · columns: {grid.column_name}"
            axes.text(4, 30, subtitle, fontsize=SMALL, color=MUTED, va="center")
        _paint_names(axes, layout, rows, columns)
        _paint_cells(axes, layout, grid)
        _paint_margin(axes, layout, grid)

    return draw(name, alt, (layout.width, layout.height), paint, dpi, heading)


def _paint_names(axes: Axes, layout: _Layout, rows: Sequence[str], columns: Sequence[str]) -> None:
    for row, name in enumerate(rows):
        axes.text(layout.left - 6, layout.centre(row, 0)[1], name, ha="right", va="center")
    for column, name in enumerate(columns):
        x = layout.centre(0, column)[0]
        axes.text(x, layout.top - 6, name, ha="left", va="baseline", rotation=_SLOPE, rotation_mode="anchor")


def _paint_cells(axes: Axes, layout: _Layout, grid: Grid) -> None:
    places = [(row, column) for row in range(len(grid.rows)) for column in range(len(grid.columns))]
    outlined = [grid.diagonal and row == column for row, column in places]
    shades = [max(0.0, min(1.0, grid.shades[row][column])) for row, column in places]
    cells = PolyCollection(
        [layout.corners(row, column) for row, column in places],
        facecolors=[to_rgba(HEAT, shade) for shade in shades],
        edgecolors=[INK if one else RULE for one in outlined],
        linewidths=[1.1 if one else 0.4 for one in outlined],
        clip_on=False,
    )
    axes.add_collection(cells, autolim=False)
    size = SMALL if len(grid.columns) > 6 else SIZE
    for row, column in places:
        if grid.texts[row][column]:
            axes.text(*layout.centre(row, column), grid.texts[row][column], ha="center", va="center", fontsize=size)


def _paint_margin(axes: Axes, layout: _Layout, grid: Grid) -> None:
    x = layout.left + layout.cell_width * len(grid.columns) + 8
    for row, text in enumerate(grid.margin):
        axes.text(x, layout.centre(row, 0)[1], text, va="center", color=MUTED, fontsize=SMALL)
    if grid.margin_name:
        y = layout.top + layout.cell_height * len(grid.rows) + 8
        axes.text(x, y, grid.margin_name, va="center", color=MUTED, fontsize=SMALL - 1)
