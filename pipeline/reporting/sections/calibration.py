"""Whether probabilities mean what they say, and what abstaining buys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import Block, Cell, Column, Gallery, Paragraph, Section, Table
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.reliability import draw_reliability
from pipeline.reporting.figures.risk_coverage import draw_risk_coverage
from pipeline.reporting.formatting import mean, number, percent
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import METRICS, model_name, title
from pipeline.reporting.sections.verdict import score_cell


def calibration_section(data: ReportInput) -> Section:
    """Reliability diagrams and risk-coverage curves of the compared models, with their figures as a table."""
    blocks: list[Block] = []
    reliability = _reliability(data)
    if reliability:
        text = (
            "A point is a bin of predictions of similar confidence. On the dotted diagonal, confidence equals the "
            "share that is right; below it, a model is too sure of itself. Predictions of all repetitions are pooled."
        )
        blocks += [Paragraph(text), Gallery("Reliability diagrams.", reliability)]
    curves = _risk_coverage(data)
    if curves:
        text = (
            "If only the most confident predictions are accepted and the rest is left to a person, this share of the "
            "accepted ones is wrong. The thresholds in the tables were chosen on these very predictions: expect a "
            "little less than the named precision from them."
        )
        blocks += [Paragraph(text), Gallery("Risk and coverage.", curves)]
    blocks += [calibration_table(data, task) for task in data.tasks]
    return Section("calibration", "Confidence", tuple(blocks))


def _model_parts(data: ReportInput, task: str, key: str) -> dict[str, Any]:
    metrics = data.task_metrics(task)["models"]
    return {model: metrics[model][key] for model in data.rivals(task) if metrics[model].get(key)}


def _reliability(data: ReportInput) -> tuple[Drawing, ...]:
    figures = []
    for task in data.tasks:
        bins = _model_parts(data, task, "reliability")
        if bins:
            alt = f"Reliability diagram. {title(task)}. " + " ".join(_gap(model, rows) for model, rows in bins.items())
            figures.append(draw_reliability(f"reliability-{task}", alt, title(task), bins, data.settings.png_dpi))
    return tuple(figures)


def _gap(model: str, rows: list[Mapping[str, Any]]) -> str:
    last = max(rows, key=lambda row: float(row["confidence"]))
    return (
        f"{model_name(model)}: in its most confident bin, confidence {number(last['confidence'], 2)}, "
        f"right {number(last['accuracy'], 2)}."
    )


def _risk_coverage(data: ReportInput) -> tuple[Drawing, ...]:
    by_task = {task: _model_parts(data, task, "risk_coverage") for task in data.tasks}
    by_task = {task: {m: curve for m, curve in found.items() if curve.get("risk")} for task, found in by_task.items()}
    highest = max((max(curve["risk"]) for found in by_task.values() for curve in found.values()), default=0.0)
    figures = []
    for task, curves in by_task.items():
        if curves:
            ends = ", ".join(f"{model_name(model)} {percent(curve['risk'][-1], 1)}" for model, curve in curves.items())
            alt = f"Risk-coverage curve. {title(task)}. Share wrong when everything is accepted: {ends}."
            name, dpi = f"risk-coverage-{task}", data.settings.png_dpi
            figures.append(draw_risk_coverage(name, alt, title(task), curves, highest, dpi))
    return tuple(figures)


def calibration_table(data: ReportInput, task: str) -> Table:
    """Scores of the probabilities, and how much can be accepted at a given precision."""
    metrics = data.task_metrics(task)["models"]
    rivals = data.rivals(task)
    curves = {model: metrics[model].get("risk_coverage") or {} for model in rivals}
    precisions = sorted({precision for curve in curves.values() for precision in curve.get("at_precision", {})})
    rows = []
    for model in rivals:
        scores = [score_cell(metrics[model].get(key)) for key in ("log_loss", "brier", "ece")]
        points = [curves[model].get("at_precision", {}).get(precision) or {} for precision in precisions]
        accepted = [Cell(percent(point.get("coverage"), 1), _threshold(point)) for point in points]
        area = curves[model].get("area")
        area_value = mean(area) if isinstance(area, Mapping) else area
        rows.append((Cell(model_name(model)), *scores, Cell(number(area_value)), *accepted))
    names = (
        *(METRICS[key] for key in ("log_loss", "brier", "ece")),
        "Area under risk-coverage",
        *(f"Coverage at {percent(float(precision))} precision" for precision in precisions),
    )
    columns = (Column("Model"), *(Column(name, kind="number") for name in names))
    caption = f"{title(task)}: quality of the probabilities; lower is better, except for coverage."
    return Table(caption, columns, tuple(rows))


def _threshold(point: Mapping[str, Any]) -> tuple[str, ...]:
    threshold = point.get("threshold")
    return () if threshold is None else (f"from confidence {number(threshold, 2)}",)
