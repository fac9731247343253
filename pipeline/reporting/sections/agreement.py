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
            "of them labelled. Krippendorff's alpha, Cohen's kappa and Gwet's AC1 are 1 for full agreement and 0 for "
            "agreement by chance. Where one label rules, alpha and kappa fall even if annotators hardly differ; AC1 "
            "does not."
        )
    ]
    origin = data.origin
    if origin and origin.statement:
        blocks.append(Notice("How the labels came about", origin.statement))
    blocks.append(agreement_table(data))
    pictures = tuple(
        _figure(data, task, matrix) for task, result in tasks.items() for matrix in result.get("confusions", ())
    )
    if pictures:
        blocks.append(Gallery("Labels of one against labels of the other; the outlined cells agree.", pictures))
    for heading, tables in (
        ("Agreement by label", [_labels_table(task, one) for task, one in tasks.items() if one.get("labels")]),
        (
            "Agreement by pair of annotators",
            [_pairs_table(task, one) for task, one in tasks.items() if one.get("pairs")],
        ),
        ("Annotators", [_annotators_table(task, one) for task, one in tasks.items() if one.get("by_annotator")]),
        ("Agreement over time", [_periods_table(task, one) for task, one in tasks.items() if one.get("over_time")]),
    ):
        if tables:
            blocks.append(Disclosure(heading, tuple(tables)))
    return Section("agreement", "Agreement", tuple(blocks))


def _tasks(data: ReportInput) -> dict[str, Any]:
    found = data.agreement.get("tasks", {})
    return {task: found[task] for task in data.codebook.tasks if task in found}


def agreement_table(data: ReportInput) -> Table:
    """Percent agreement, alpha and AC1, a row each task."""
    rows = tuple(
        (
            Cell(title(task)),
            Cell(count(result.get("sentences"))),
            Cell(count(len(result.get("disagreements", ())))),
            _percent(result),
            _bounded(result.get("alpha")),
            _bounded(result.get("ac1")),
        )
        for task, result in _tasks(data).items()
    )
    columns = _columns("Task", "Sentences", "Disagreements", "Agreement", "Krippendorff's alpha", "Gwet's AC1")
    return Table(f"Agreement with {level(data)} bootstrap intervals.", columns, rows)


def _columns(first: str, *numeric: str) -> tuple[Column, ...]:
    return (Column(first), *(Column(name, kind="number") for name in numeric))


def _percent(result: Mapping[str, Any]) -> Cell:
    """The files have per cent, from 0 to 100."""
    found = result.get("percent")
    return Cell(percent(None if found is None else found / 100, 1))


def _bounded(value: Mapping[str, Any] | None) -> Cell:
    if not value:
        return Cell(number(None))
    bounds = interval(value.get("ci"))
    return Cell(number(value.get("value")), (bounds,) if bounds else ())


def _labels_table(task: str, result: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            Cell(words(label)),
            Cell(count(found.get("support"))),
            _percent(found),
            _bounded(found.get("alpha")),
            _bounded(found.get("ac1")),
        )
        for label, found in result["labels"].items()
    )
    columns = _columns("Label", "Sentences", "Agreement", "Krippendorff's alpha", "Gwet's AC1")
    return Table(f"{title(task)}: each label against all others.", columns, rows)


def _pairs_table(task: str, result: Mapping[str, Any]) -> Table:
    rows = []
    for pair in result["pairs"]:
        names = enumerate_words([words(name) for name in pair["annotators"]])
        found = {"all labels": {**pair, "support": pair["sentences"]}, **pair["labels"]}
        rows += [
            (
                Cell(names),
                Cell(words(label)),
                Cell(count(one["support"])),
                _percent(one),
                Cell(number(one["kappa"])),
                Cell(number(one["ac1"])),
            )
            for label, one in found.items()
        ]
    columns = (Column("Annotators"), *_columns("Label", "Sentences", "Agreement", "Cohen's kappa", "Gwet's AC1"))
    return Table(
        f"{title(task)}: each pair of annotators, over all labels and one label at a time.", columns, tuple(rows)
    )


def _annotators_table(task: str, result: Mapping[str, Any]) -> Table:
    labels = list(next(iter(result["by_annotator"].values()))["counts"])
    rows = tuple(
        (
            Cell(words(name)),
            Cell(count(one["sentences"])),
            _percent(one),
            Cell(number(one["kappa"])),
            *(Cell(count(one["counts"][label])) for label in labels),
        )
        for name, one in result["by_annotator"].items()
    )
    columns = _columns("Annotator", "Sentences", "Mean agreement", "Mean kappa", *(words(label) for label in labels))
    caption = f"{title(task)}: each annotator's mean agreement with the others, and how often they gave each label."
    return Table(caption, columns, rows)


def _periods_table(task: str, result: Mapping[str, Any]) -> Table:
    rows = tuple(
        (Cell(one["period"]), Cell(count(one["sentences"])), _percent(one), Cell(number(one["alpha"])))
        for one in result["over_time"]
    )
    columns = _columns("Period", "Sentences", "Agreement", "Krippendorff's alpha")
    return Table(f"{title(task)}, by when a sentence got its last vote.", columns, rows)


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
