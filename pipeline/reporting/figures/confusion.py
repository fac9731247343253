"""Confusion matrices: counts in the cells, the shade is the share of the row."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reporting.figures.heatmap import Grid
from pipeline.reporting.formatting import count, percent
from pipeline.reporting.names import words

Counts = Sequence[Sequence[float]]


def confusion_grid(labels: Sequence[str], counts: Counts, row_name: str, column_name: str, margin_name: str) -> Grid:
    """The grid of a square matrix `counts`; the margin shows the share of each row on the diagonal."""
    totals = [sum(row) for row in counts]
    names = [words(label) for label in labels]
    return Grid(
        rows=names,
        columns=names,
        texts=[[cell_text(cell) for cell in row] for row in counts],
        shades=[[cell / total if total else 0.0 for cell in row] for row, total in zip(counts, totals, strict=True)],
        margin=[percent(row[k] / totals[k]) if totals[k] else percent(None) for k, row in enumerate(counts)],
        margin_name=margin_name,
        row_name=row_name,
        column_name=column_name,
        diagonal=True,
    )


def cell_text(value: float) -> str:
    """A count in a cell: nothing for zero, whole above ten, else one decimal where it needs one."""
    if value == 0:
        return ""
    return f"{value:.0f}" if value >= 10 or float(value).is_integer() else count(round(value, 1))


def worst_confusion(labels: Sequence[str], counts: Counts) -> tuple[str, str, float] | None:
    """The most frequent error as (row label, column label, count), None where there is none."""
    errors = [
        (float(cell), labels[row], labels[column])
        for row, cells in enumerate(counts)
        for column, cell in enumerate(cells)
        if row != column and cell > 0
    ]
    if not errors:
        return None
    most, gold, predicted = max(errors, key=lambda error: error[0])
    return gold, predicted, most
