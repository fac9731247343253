"""What is taken for what: confusion matrices of the compared models."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reporting.blocks import Block, Cell, Column, Disclosure, Gallery, Paragraph, Section, Table
from pipeline.reporting.figures.confusion import Counts, confusion_grid, worst_confusion
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.heatmap import draw_heatmap
from pipeline.reporting.formatting import count
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import model_name, title, words


def confusion_section(data: ReportInput) -> Section:
    """Matrices of the compared models side by side, the same as tables folded."""
    repeated = int(data.metrics.get("repetitions", 1)) > 1
    blocks: list[Block] = [
        Paragraph(
            "Rows are gold labels, columns predictions; a cell holds the number of sentences"
            + (" (mean over repetitions)" if repeated else "")
            + ", its shade the share of the row. The margin shows the share found (recall)."
        )
    ]
    for task in data.tasks:
        models = [m for m in data.rivals(task) if data.task_metrics(task)["models"][m].get("confusion")]
        if not models:
            continue
        blocks.append(Gallery(f"{title(task)}: confusions.", tuple(_figure(data, task, model) for model in models)))
        tables = tuple(_table(data, task, model) for model in models)
        blocks.append(Disclosure(f"{title(task)}: confusions as tables", tables))
    return Section("confusions", "Confusions", tuple(blocks))


def _counts(data: ReportInput, task: str, model: str) -> Counts:
    return [list(row) for row in data.task_metrics(task)["models"][model]["confusion"]]


def _figure(data: ReportInput, task: str, model: str) -> Drawing:
    labels, counts = data.task_metrics(task)["labels"], _counts(data, task, model)
    heading = f"{title(task)}: {model_name(model)}"
    worst = worst_confusion(labels, counts)
    alt = f"Confusion matrix. {heading}. " + (
        f"Most frequent error: {words(worst[0])} taken for {words(worst[1])}, {count(worst[2])} sentences."
        if worst
        else "No errors."
    )
    grid = confusion_grid(labels, counts, "gold", "predicted", "found")
    return draw_heatmap(f"confusion-{task}-{model}", alt, heading, grid, data.settings.png_dpi)


def _table(data: ReportInput, task: str, model: str) -> Table:
    labels = data.task_metrics(task)["labels"]
    return counts_table(f"{title(task)}: {model_name(model)}.", "gold", labels, _counts(data, task, model))


def counts_table(caption: str, corner: str, labels: Sequence[str], counts: Counts) -> Table:
    """A square matrix of counts as a table."""
    columns = (Column(corner), *(Column(words(label), kind="number") for label in labels))
    rows = tuple(
        (Cell(words(label)), *(Cell(count(cell)) for cell in row)) for label, row in zip(labels, counts, strict=True)
    )
    return Table(caption, columns, rows)
