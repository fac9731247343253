"""How far the annotators, or the passes of one annotator, agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import Block, Cell, Column, Disclosure, Gallery, Notice, Paragraph, Section, Table
from pipeline.reporting.figures.confusion import confusion_grid, worst_confusion
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.heatmap import draw_heatmap
from pipeline.reporting.formatting import count, interval, number, percent
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import enumerate_words, title, words
from pipeline.reporting.sections.verdict import level


def agreement_section(data: ReportInput) -> Section:
    """Agreement a task and a label, and the confusions of each pair of annotators."""
    tasks = _tasks(data)
    if not tasks:
        text = "There is one set of labels only, so agreement cannot be measured."
        return Section("agreement", "Agreement", (Paragraph(text),))
    annotators = sorted({str(name) for result in tasks.values() for name in result.get("annotators", ())})
    blocks: list[Block] = [
        Paragraph(
            f"Between {enumerate_words([words(name) for name in annotators])}, over the sentences that more than one "
            "of them labelled. Krippendorff's alpha is 1 for full agreement and 0 for agreement by chance."
        )
    ]
    origin = data.origin("gold")
    if origin and origin.statement:
        blocks.append(Notice("How the labels came about", origin.statement))
    blocks.append(agreement_table(data))
    pictures = tuple(
        _figure(data, task, matrix) for task, result in tasks.items() for matrix in result.get("confusions", ())
    )
    if pictures:
        blocks.append(Gallery("Labels of one against labels of the other; the outlined cells agree.", pictures))
    details = tuple(_labels_table(data, task, result) for task, result in tasks.items() if result.get("labels"))
    if details:
        blocks.append(Disclosure("Agreement by label", details))
    return Section("agreement", "Agreement", tuple(blocks))


def _tasks(data: ReportInput) -> dict[str, Any]:
    found = data.agreement.get("tasks", {})
    return {task: found[task] for task in data.codebook.tasks if task in found}


def agreement_table(data: ReportInput) -> Table:
    """Percent agreement and alpha, a row each task."""
    rows = tuple(
        (
            Cell(title(task)),
            Cell(count(result.get("sentences"))),
            Cell(count(len(result.get("disagreements", ())))),
            Cell(percent(result.get("percent"), 1)),
            _alpha(result.get("alpha")),
        )
        for task, result in _tasks(data).items()
    )
    numeric = ("Sentences", "Disagreements", "Agreement", "Krippendorff's alpha")
    columns = (Column("Task"), *(Column(name, kind="number") for name in numeric))
    return Table(f"Agreement with {level(data)} bootstrap intervals.", columns, rows)


def _alpha(alpha: Mapping[str, Any] | None) -> Cell:
    if not alpha:
        return Cell(number(None))
    bounds = interval(alpha.get("ci"))
    return Cell(number(alpha.get("value")), (bounds,) if bounds else ())


def _labels_table(data: ReportInput, task: str, result: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            Cell(words(label)),
            Cell(count(found.get("support"))),
            Cell(percent(found.get("percent"), 1)),
            _alpha(found.get("alpha")),
        )
        for label, found in result["labels"].items()
    )
    numeric = ("Sentences", "Agreement", "Krippendorff's alpha")
    columns = (Column("Label"), *(Column(name, kind="number") for name in numeric))
    return Table(f"{title(task)}: each label against all others.", columns, rows)


def _figure(data: ReportInput, task: str, matrix: Mapping[str, Any]) -> Drawing:
    labels, counts = matrix["labels"], matrix["counts"]
    rows, columns = words(matrix["rows"]), words(matrix["columns"])
    worst = worst_confusion(labels, counts)
    alt = f"{title(task)} labels of {rows} against {columns}. " + (
        f"Most frequent disagreement: {words(worst[0])} against {words(worst[1])}, {count(worst[2])} sentences."
        if worst
        else "No disagreement."
    )
    grid = confusion_grid(labels, counts, rows, columns, "same")
    name = f"agreement-{task}-{matrix['rows']}-{matrix['columns']}"
    return draw_heatmap(name, alt, title(task), grid, data.settings.png_dpi)
