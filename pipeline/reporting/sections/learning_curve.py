"""Macro-F1 against the number of labelled sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import Block, Bullets, Cell, Column, Gallery, Paragraph, Section, Table
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.learning_curve import draw_learning_curve
from pipeline.reporting.formatting import count, interval, mean, number, points
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import model_name, sort_models, title
from pipeline.reporting.sections.controls import QUICK, not_run
from pipeline.reporting.sections.verdict import level, score_cell

Curve = Mapping[str, Any]


def learning_curve_section(data: ReportInput) -> Section:
    """A curve a task, and what the last doubling of the labels has brought."""
    curves: Mapping[str, Mapping[str, Curve]] = data.probes.get("learning_curve", {})
    if not curves:
        return Section("learning-curve", "Learning curve", (not_run(),))
    models = sort_models(curves)
    blocks: list[Block] = [
        Paragraph(
            "The same test sentences, predicted after training on fewer of the labelled sentences of the documents: "
            "whole groups, the smaller part always within the larger. The last point is the model left alone."
        )
    ]
    if data.probes.get("quick"):
        blocks.append(Paragraph(QUICK))
    tasks = [task for task in data.tasks if any(task in curves[model] for model in models)]
    figures = tuple(
        _figure(data, task, {model: curves[model][task] for model in models if task in curves[model]}) for task in tasks
    )
    blocks.append(Gallery(f"Macro-F1 by labelled sentences trained on, with {level(data)} intervals.", figures))
    said = tuple(
        _said(data, model, task, curves[model][task]) for task in tasks for model in models if task in curves[model]
    )
    blocks += [Paragraph("What it says about labelling more:"), Bullets(said)]
    blocks += [_table(data, model, curves[model]) for model in models]
    return Section("learning-curve", "Learning curve", tuple(blocks))


def _figure(data: ReportInput, task: str, curves: Mapping[str, Curve]) -> Drawing:
    alt = f"{title(task)}: macro-F1 by labelled sentences. " + " ".join(
        f"{model_name(model)}: "
        + ", ".join(f"{number(mean(point['macro_f1']))} at {count(round(point['train']))}" for point in curve["points"])
        + "."
        for model, curve in curves.items()
    )
    lines = {model: curve["points"] for model, curve in curves.items()}
    return draw_learning_curve(f"learning-curve-{task}", alt, title(task), lines, data.settings.png_dpi)


def _said(data: ReportInput, model: str, task: str, curve: Curve) -> str:
    gain = curve["gain"]
    bounds = [100 * bound for bound in gain["ci"]] if gain.get("ci") else None
    limits = f" ({level(data)} interval {interval(bounds, 1)})" if bounds else ""
    steps = f"from {count(round(gain['from']))} to {count(round(gain['to']))} sentences"
    meaning = {
        "rising": "the curve still rises, and more labels of such documents can be expected to help",
        "falling": "the score fell, which more labels of the same kind would hardly mend",
        "undecided": "whether more labels would help, this cannot tell",
    }[curve["outcome"]]
    return f"{title(task)}, {model_name(model)}: {points(gain['mean'])} points {steps}{limits}; {meaning}."


def _table(data: ReportInput, model: str, curves: Mapping[str, Curve]) -> Table:
    tasks = [task for task in data.tasks if task in curves]
    sizes = [point["train"] for point in curves[tasks[0]]["points"]]
    rows = tuple(
        (
            Cell(count(round(size))),
            *(score_cell(curves[task]["points"][position]["macro_f1"]) for task in tasks),
        )
        for position, size in enumerate(sizes)
    )
    columns = (Column("Sentences trained on", kind="number"), *(Column(title(task), kind="number") for task in tasks))
    return Table(f"{model_name(model)}: macro-F1 by sentences trained on (mean over folds).", columns, rows)
