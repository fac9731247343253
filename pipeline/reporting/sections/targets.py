"""Scores a target at a time, where the data have several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import Block, Cell, Column, Paragraph, Section, Table
from pipeline.reporting.formatting import count
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import METRICS, model_name, title
from pipeline.reporting.sections.verdict import level, score_cell

_HEADING = "Target by target"


def target_section(data: ReportInput) -> Section | None:
    """A table a task: targets by models in the primary measure, the score over all targets last; None without any."""
    tasks = [task for task in data.tasks if data.task_metrics(task).get("targets")]
    if not tasks:
        return None
    blocks: list[Block] = [
        Paragraph(
            "A score over all targets together can hide one that a model has not learnt, or that is easy to guess. The "
            "score over all is no mean of the others: it counts all sentences together."
        )
    ]
    return Section("targets", _HEADING, (*blocks, *(_table(data, task) for task in tasks)))


def _table(data: ReportInput, task: str) -> Table:
    metrics, models, measure = data.task_metrics(task), data.models(task), data.primary(task)
    rows = [
        (
            Cell(target),
            Cell(count(found["sentences"])),
            *(_score(found["models"], model, measure) for model in models),
        )
        for target, found in metrics["targets"].items()
    ]
    rows.append(
        (
            Cell("all targets"),
            Cell(count(metrics.get("sentences"))),
            *(_score(metrics["models"], model, measure) for model in models),
        )
    )
    columns = (
        Column("Target"),
        Column("n", kind="number"),
        *(Column(model_name(model), kind="number") for model in models),
    )
    caption = f"{title(task)}: {METRICS[measure]} of each target with {level(data)} interval."
    return Table(caption, columns, tuple(rows))


def _score(models: Mapping[str, Any], model: str, measure: str) -> Cell:
    return score_cell(models.get(model, {}).get(measure))
