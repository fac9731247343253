"""What leakage would feign, and what is left on documents that a model has never seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Disclosure,
    Gallery,
    Heading,
    Paragraph,
    Section,
    Table,
)
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.intervals import Estimate, Scale, Series, draw_intervals
from pipeline.reporting.figures.style import COLOURS, MUTED, Mark
from pipeline.reporting.formatting import MISSING, count, interval, mean, number, points
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import document_name, model_name, title
from pipeline.reporting.probe_names import DEMANDS, LEAKY, PROBE_NAMES, UNFAMILIAR, WHAT_IT_DOES
from pipeline.reporting.sections.controls import QUICK, entry, not_run, probed_models, reference, verdicts
from pipeline.reporting.sections.verdict import level

GROUPED = "Folds of the run"
_MARKS = {
    GROUPED: Mark(MUTED, "o", "-"),
    LEAKY: Mark(COLOURS[1], "X", "-"),
    UNFAMILIAR[0]: Mark(COLOURS[0], "s", "-"),
    UNFAMILIAR[1]: Mark(COLOURS[2], "D", "-"),
}


def leakage_section(data: ReportInput) -> Section:
    """The run's own folds beside random ones and beside whole documents left out."""
    found = data.probes.get("probes", {})
    asked = [name for name in (LEAKY, *UNFAMILIAR) if name in found]
    heading = "What leakage would feign"
    if not asked:
        return Section("leakage", heading, (not_run(),))
    blocks: list[Block] = [
        Paragraph(
            "The same models on other folds. Random folds let neighbouring sentences lie on both sides, and flatter; "
            "leaving whole documents out asks more than the folds of the run do."
        ),
        Bullets(
            tuple(f"{PROBE_NAMES[name]}: {WHAT_IT_DOES[name]}; {DEMANDS[found[name]['criterion']]}." for name in asked)
        ),
    ]
    if data.probes.get("quick"):
        blocks.append(Paragraph(QUICK))
    models = probed_models(data, asked)
    figures = tuple(_figure(data, model, asked) for model in models)
    blocks.append(Gallery(f"Macro-F1 with {level(data)} intervals, by kind of folds.", figures))
    blocks += [_table(data, model, asked) for model in models]
    for name in UNFAMILIAR:
        if name in asked:
            blocks.append(Heading(PROBE_NAMES[name]))
            blocks += [_parts_table(data, name, model) for model in models]
    blocks.append(
        Paragraph(
            "Scores of single parts average over the labels that occur there, so they compare models on that part and "
            "not one part with another. A part of few groups has a rough interval, a part of one group none."
        )
    )
    obstacles = data.probes.get("obstacles", {})
    skipped = tuple(f"{PROBE_NAMES[name]}: {obstacles[name]}." for name in (LEAKY, *UNFAMILIAR) if name in obstacles)
    if skipped:
        blocks += [Paragraph("Not put to these data:"), Bullets(skipped)]
    blocks.append(Disclosure("Every outcome in words", (Bullets(tuple(verdicts(data, asked))),)))
    return Section("leakage", heading, tuple(blocks))


def _figure(data: ReportInput, model: str, probes: list[str]) -> Drawing:
    series = [
        Series(GROUPED, _MARKS[GROUPED], [_estimate(reference(data, probes, model, task)) for task in data.tasks])
    ]
    for name in probes:
        found = [entry(data, name, model, task) for task in data.tasks]
        estimates = [_estimate(one["probe"]) if one else None for one in found]
        series.append(Series(PROBE_NAMES[name], _MARKS[name], estimates))
    alt = f"{model_name(model)}: macro-F1 by kind of folds. " + " ".join(
        f"{title(task)}: "
        + ", ".join(
            f"{one.name} {number(estimate.value if (estimate := one.estimates[position]) else None)}" for one in series
        )
        + "."
        for position, task in enumerate(data.tasks)
    )
    rows = [title(task) for task in data.tasks]
    scale = Scale(f"{model_name(model)}: macro-F1")
    return draw_intervals(f"leakage-{model}", alt, rows, series, scale, data.settings.png_dpi)


def _estimate(scores: Mapping[str, Any] | None) -> Estimate | None:
    return Estimate.of(scores["macro_f1"]) if scores else None


def _table(data: ReportInput, model: str, probes: list[str]) -> Table:
    """Kinds of folds by tasks, with the difference to the run's own."""
    alone = [reference(data, probes, model, task) for task in data.tasks]
    rows = [(Cell(GROUPED), *(_score(found) for found in alone))]
    for name in probes:
        found = [entry(data, name, model, task) for task in data.tasks]
        rows.append((Cell(PROBE_NAMES[name]), *(_score(one["probe"], one) if one else Cell(MISSING) for one in found)))
    columns = (Column("Folds"), *(Column(title(task), kind="number") for task in data.tasks))
    caption = (
        f"{model_name(model)}: macro-F1 with {level(data)} interval, the paired difference to the folds of the run in "
        "points, and outcome."
    )
    return Table(caption, columns, tuple(rows))


def _score(scores: Mapping[str, Any] | None, judged: Mapping[str, Any] | None = None) -> Cell:
    if scores is None:
        return Cell(MISSING)
    details = [interval(scores["macro_f1"].get("ci"))]
    if judged:
        details += [_difference(judged["difference"]), str(judged["outcome"])]
    return Cell(number(mean(scores["macro_f1"])), tuple(detail for detail in details if detail))


def _difference(estimate: Mapping[str, Any]) -> str:
    bounds = [100 * bound for bound in estimate["ci"]] if estimate.get("ci") else None
    return f"{points(estimate['mean'])} points" + (f" ({interval(bounds, 1)})" if bounds else "")


def _parts_table(data: ReportInput, probe: str, model: str) -> Table:
    """Every document, or kind of document, by itself: the model that never saw it beside the one left alone."""
    names = {document.id: document_name(document) for document in data.documents}
    by_task = {task: found for task in data.tasks if (found := entry(data, probe, model, task))}
    first = next(iter(by_task.values()))
    rows = []
    for position, part in enumerate(first["parts"]):
        cells = [_part(found["parts"][position]) for found in by_task.values()]
        name = names.get(part["part"], part["part"]) or "of no kind"
        rows.append((Cell(name), Cell(count(part["train"])), Cell(count(part["sentences"])), *cells))
    columns = (
        Column("Tested on", kind="long"),
        Column("Trained on (sentences)", kind="number"),
        Column("Tested (sentences)", kind="number"),
        *(Column(title(task), kind="number") for task in by_task),
    )
    caption = f"{model_name(model)}: macro-F1 on each part, and that of the folds of the run on the same sentences."
    return Table(caption, columns, tuple(rows))


def _part(part: Mapping[str, Any]) -> Cell:
    if part["probe"] is None:
        return Cell(MISSING)
    beside = f"{GROUPED.lower()} {number(mean(part['reference']['macro_f1']))}"
    bounds = interval(part["probe"]["macro_f1"].get("ci"))
    return Cell(number(mean(part["probe"]["macro_f1"])), tuple(one for one in (bounds, beside) if one))
