"""How well each label is found: F1, precision and recall of every model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.evaluation.tiers import TIER_RULE
from pipeline.reporting.blocks import (
    Block,
    Cell,
    Column,
    Disclosure,
    Gallery,
    Heading,
    Paragraph,
    Section,
    Split,
    Table,
)
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.intervals import Estimate, Scale, Series, draw_intervals
from pipeline.reporting.figures.style import marks
from pipeline.reporting.formatting import MISSING, count, mean, number
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import model_name, title, words
from pipeline.reporting.sections.verdict import level, score_cell


def label_section(data: ReportInput) -> Section:
    """F1 a label: plot and table side by side, precision and recall folded."""
    blocks: list[Block] = [Paragraph(f"F1 of every label with {level(data)} intervals, over all test sentences.")]
    if any(_tier(data, task, label) for task in data.tasks for label in labels(data, task)):
        blocks.append(Paragraph(f"Reliability tiers of the first model in each table. {tier_rule(data)}."))
    for task in data.tasks:
        plot = Gallery(f"{title(task)}: F1 by label; n counts gold sentences.", (figure(data, task),))
        blocks += [Heading(title(task)), Split((plot,), (f1_table(data, task),))]
        tables = tuple(_precision_recall(data, task, model) for model in data.rivals(task))
        blocks.append(Disclosure(f"{title(task)}: precision and recall", tables))
    return Section("labels", "Label by label", tuple(blocks))


def labels(data: ReportInput, task: str) -> tuple[str, ...]:
    """Labels of `task` in the order of its metrics."""
    return tuple(data.task_metrics(task)["labels"])


def label_metrics(data: ReportInput, task: str, model: str, label: str) -> Mapping[str, Any]:
    """Metrics of one label, empty where the model has none."""
    return dict(data.task_metrics(task)["models"][model].get("labels", {}).get(label, {}))


def f1_table(data: ReportInput, task: str) -> Table:
    """Labels by models: F1 with its interval, support and the tier of the first model."""
    models = data.models(task)
    tiered = any(_tier(data, task, label) for label in labels(data, task))
    support = data.task_metrics(task).get("support", {})
    rows = []
    for label in labels(data, task):
        cells = [score_cell(label_metrics(data, task, model, label).get("f1")) for model in models]
        tier = [Cell(_tier(data, task, label) or MISSING)] if tiered else []
        rows.append((Cell(words(label)), Cell(count(support.get(label))), *tier, *cells))
    columns = (
        Column("Label"),
        Column("n", kind="number"),
        *([Column("Tier")] if tiered else []),
        *(Column(model_name(model), kind="number") for model in models),
    )
    return Table(f"{title(task)}: F1 by label and model.", columns, tuple(rows))


def _tier(data: ReportInput, task: str, label: str) -> str:
    rivals = data.rivals(task)
    return str(label_metrics(data, task, rivals[0], label).get("tier") or "") if rivals else ""


def figure(data: ReportInput, task: str) -> Drawing:
    """Dots and intervals of F1, a row each label, a mark each model."""
    names, models = labels(data, task), data.models(task)
    series = [
        Series(
            model_name(model), mark, [Estimate.of(label_metrics(data, task, model, label).get("f1")) for label in names]
        )
        for model, mark in marks(models).items()
    ]
    support = data.task_metrics(task).get("support", {})
    notes = [f"n {count(support[label])}" if label in support else "" for label in names]
    best = {model: mean(data.task_metrics(task)["models"][model].get("macro_f1")) for model in data.rivals(task)}
    alt = f"{title(task)}: F1 of each label by model; the numbers are in the table. Macro-F1: " + ", ".join(
        f"{model_name(model)} {number(value)}" for model, value in best.items()
    )
    return draw_intervals(f"labels-{task}", f"{alt}.", [words(n) for n in names], series, Scale("F1"), dpi(data), notes)


def tier_rule(data: ReportInput) -> str:
    """The rule by which the evaluation gave its tiers, in words."""
    return str(data.metrics.get("tier_rule", TIER_RULE))


def dpi(data: ReportInput) -> int:
    """Resolution of the PNG files."""
    return data.settings.png_dpi


def _precision_recall(data: ReportInput, task: str, model: str) -> Table:
    rows = tuple(
        (
            Cell(words(label)),
            *(
                score_cell(label_metrics(data, task, model, label).get(key))
                if isinstance(label_metrics(data, task, model, label).get(key), Mapping)
                else Cell(number(label_metrics(data, task, model, label).get(key)))
                for key in ("precision", "recall", "f1")
            ),
        )
        for label in labels(data, task)
    )
    columns = (Column("Label"), *(Column(name, kind="number") for name in ("Precision", "Recall", "F1")))
    return Table(f"{title(task)}: {model_name(model)}.", columns, rows)
