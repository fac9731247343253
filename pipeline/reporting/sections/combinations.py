"""Which labels of different tasks go together in the gold labels: who takes which stance with which frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from pipeline.reporting.blocks import Block, Cell, Column, Gallery, Notice, Paragraph, Section, Table
from pipeline.reporting.figures.confusion import cell_text
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.heatmap import Grid, draw_heatmap
from pipeline.reporting.formatting import count, percent
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import enumerate_words, words

_LISTED = 15


def combination_section(data: ReportInput) -> Section:
    """Three tasks: a panel for each label of the first, the third in rows, the second in columns. Fewer: all pairs."""
    tasks = tuple(data.codebook.tasks)[:3]
    heading = "Who takes which stance with which frame" if tasks == ("stance", "frame", "holder") else "Labels together"
    if len(tasks) < 2:
        return Section("combinations", heading, (Paragraph("One task has nothing to be combined with."),))
    blocks: list[Block] = [
        Paragraph(
            f"Counts of sentences by {enumerate_words([words(task) for task in tasks])}, from the gold labels of the "
            "documents, not from predictions. Shades grow with the square root of the count and can be compared "
            "between panels."
        ),
        Gallery(
            f"Sentences by {enumerate_words([words(task) for task in reversed(tasks)])}.",
            _panels(data, tasks) if len(tasks) == 3 else _pairs(data, tasks),
        ),
    ]
    table = _frequent(data, tasks)
    if table:
        blocks.append(table)
    blocks.append(
        Notice(
            "What this is not",
            f"These counts describe {len(data.documents)} document{'' if len(data.documents) == 1 else 's'}, chosen "
            "and not sampled. They say nothing about how often anybody says anything elsewhere.",
        )
    )
    return Section("combinations", heading, tuple(blocks))


def _counter(data: ReportInput, tasks: Sequence[str]) -> Counter[tuple[str, ...]]:
    """Sentences of the documents by their labels in `tasks`; those that lack one of them are left out."""
    found: Counter[tuple[str, ...]] = Counter()
    for sentence in data.real:
        labels = [sentence.labels.get(task) for task in tasks]
        named = tuple(label for label in labels if label is not None)
        if len(named) == len(tasks):
            found[named] += 1
    return found


def _panels(data: ReportInput, tasks: tuple[str, ...]) -> tuple[Drawing, ...]:
    first, columns, rows = tasks
    found = _counter(data, tasks)
    most = max(found.values(), default=1)
    panels = []
    for label in data.codebook.labels(first):
        cells = {(row, column): n for (panel, column, row), n in found.items() if panel == label}
        heading = f"{words(first)}: {words(label)}"
        panels.append(_figure(data, f"combinations-{label}", heading, rows, columns, cells, most))
    return tuple(panels)


def _pairs(data: ReportInput, tasks: tuple[str, ...]) -> tuple[Drawing, ...]:
    panels = []
    for columns, rows in combinations(tasks, 2):
        found = _counter(data, (rows, columns))
        cells = {(row, column): n for (row, column), n in found.items()}
        most = max(found.values(), default=1)
        heading = f"{words(rows)} and {words(columns)}"
        panels.append(_figure(data, f"combinations-{rows}-{columns}", heading, rows, columns, cells, most))
    return tuple(panels)


def _figure(
    data: ReportInput,
    name: str,
    heading: str,
    row_task: str,
    column_task: str,
    cells: Mapping[tuple[str, str], int],
    most: int,
) -> Drawing:
    rows, columns = data.codebook.labels(row_task), data.codebook.labels(column_task)
    counts = [[cells.get((row, column), 0) for column in columns] for row in rows]
    grid = Grid(
        rows=[words(row) for row in rows],
        columns=[words(column) for column in columns],
        texts=[[cell_text(cell) for cell in row] for row in counts],
        shades=[[(cell / most) ** 0.5 for cell in row] for row in counts],
        margin=[str(sum(row)) for row in counts],
        margin_name="all",
        row_name=words(row_task),
        column_name=words(column_task),
    )
    largest = sorted(cells.items(), key=lambda item: -item[1])[:3]
    alt = f"Heat map of gold labels. {heading}, {sum(cells.values())} sentences. " + (
        "Largest: " + ", ".join(f"{words(row)} with {words(column)} {n}" for (row, column), n in largest) + "."
        if largest
        else "No sentences."
    )
    return draw_heatmap(name, alt, heading, grid, data.settings.png_dpi)


def _frequent(data: ReportInput, tasks: tuple[str, ...]) -> Table | None:
    """The most frequent combinations; where the first task has a contrast, only those that take a side in it."""
    contrast = set(data.codebook.tasks[tasks[0]].contrast)
    found = _counter(data, tasks)
    chosen = {labels: n for labels, n in found.items() if not contrast or labels[0] in contrast}
    if not chosen:
        return None
    total = sum(found.values())
    order = tuple(reversed(range(len(tasks)))) if len(tasks) == 3 else tuple(range(len(tasks)))
    ranked = sorted(chosen.items(), key=lambda item: (-item[1], item[0]))[:_LISTED]
    rows = tuple(
        (*(Cell(words(labels[position])) for position in order), Cell(count(n)), Cell(percent(n / total, 1)))
        for labels, n in ranked
    )
    side = f" with {words(tasks[0])} {' or '.join(words(one) for one in sorted(contrast))}" if contrast else ""
    columns = (
        *(Column(words(tasks[position])) for position in order),
        Column("Sentences", kind="number"),
        Column("Share of all", kind="number"),
    )
    return Table(f"The most frequent combinations{side}, of {total} sentences.", columns, rows)
