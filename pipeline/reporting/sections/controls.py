"""Controls: the same model on sentences robbed of something, beside the model left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.reporting.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Disclosure,
    Gallery,
    Notice,
    Paragraph,
    Section,
    Table,
)
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.intervals import Estimate, Scale, Series, draw_intervals
from pipeline.reporting.figures.style import Mark, marks
from pipeline.reporting.formatting import MISSING, interval, mean, number
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import FLOORS, model_name, sort_models, title
from pipeline.reporting.probe_names import CONTROLS, DEMANDS, PROBE_NAMES, WHAT_IT_DOES
from pipeline.reporting.sections.verdict import level, score_cell

LEFT_ALONE = "Left alone"
QUICK = "These are quick trainings, as told under Controls: to be compared with each other only."


def control_section(data: ReportInput) -> Section:
    """What a score is made of: chance where nothing can be learned, losses where something is taken away."""
    asked = [name for name in CONTROLS if name in data.probes.get("probes", {})]
    if not asked:
        return Section("controls", "Controls", (not_run(),))
    blocks: list[Block] = [
        Paragraph(
            "The same models trained again on sentences robbed of something. What they still score without it does not "
            "rest on it. Chance is the macro-F1 of a model's own predictions, dealt out to the sentences at random."
        ),
        Paragraph(_tally(data, asked)),
        *_alarms(data, asked),
        Bullets(tuple(_told(data, name) for name in asked)),
    ]
    if data.probes.get("quick"):
        blocks.append(Paragraph(_quick_note()))
    models = probed_models(data, asked)
    figures = tuple(_figure(data, task, models, asked) for task in data.tasks)
    blocks.append(Gallery(f"Macro-F1 with {level(data)} intervals; hollow marks are chance.", figures))
    blocks += [_table(data, model, asked) for model in models]
    obstacles = data.probes.get("obstacles", {})
    skipped = tuple(f"{PROBE_NAMES[name]}: {obstacles[name]}." for name in CONTROLS if name in obstacles)
    if skipped:
        blocks += [Paragraph("Not put to these data:"), Bullets(skipped)]
    blocks.append(Disclosure("Every outcome in words", (Bullets(tuple(verdicts(data, asked))),)))
    return Section("controls", "Controls", tuple(blocks))


def not_run() -> Paragraph:
    """What stands where a run had no probes."""
    return Paragraph(
        "This run did not ask. The setting probes=cheap puts such questions to the baseline within a minute or two, "
        "probes=all to the transformer as well."
    )


def _quick_note() -> str:
    """How the models of quick probes differ from those of the report."""
    return (
        "These are quick trainings: without the composed sentences and without a search for hyperparameters. The "
        f"model “{LEFT_ALONE.lower()}” trained in the same way, so the rows can be compared with each other, but not "
        "with the scores of the other sections. The setting probes=all trains everything as for the report."
    )


def probed_models(data: ReportInput, probes: list[str]) -> tuple[str, ...]:
    """Models that any of `probes` was put to, in the order of the report."""
    return sort_models({model for name in probes for model in data.probes["probes"][name]["models"]})


def entry(data: ReportInput, probe: str, model: str, task: str) -> Mapping[str, Any] | None:
    """The figures of one probe, model and task; None where there are none."""
    found = data.probes.get("probes", {}).get(probe, {}).get("models", {}).get(model, {}).get(task)
    return dict(found) if found else None


def reference(data: ReportInput, probes: list[str], model: str, task: str) -> Mapping[str, Any] | None:
    """Macro-F1 and chance of the model left alone, the same in every probe on the run's own folds."""
    for name in probes:
        found = entry(data, name, model, task)
        if found:
            return dict(found["reference"])
    return None


def verdicts(data: ReportInput, probes: list[str]) -> Iterator[str]:
    """Every outcome with its figures, a line each."""
    for name, model, task, found in _entries(data, probes):
        yield f"{PROBE_NAMES[name]}, {model_name(model)}, {title(task)}: {found['verdict']}."


def _entries(data: ReportInput, probes: list[str]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for name in probes:
        for model in probed_models(data, [name]):
            for task in data.codebook.tasks:
                found = entry(data, name, model, task)
                if found:
                    yield name, model, task, found


def _tally(data: ReportInput, probes: list[str]) -> str:
    outcomes = [found["outcome"] for *_, found in _entries(data, probes)]
    judged = [outcome for outcome in outcomes if outcome != "not judged"]
    counts = {outcome: judged.count(outcome) for outcome in ("passed", "undecided", "failed")}
    rest = f" {len(outcomes) - len(judged)} are not judged." if len(judged) < len(outcomes) else ""
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return f"Of {len(judged)} outcomes (a control, a model and a task each): {told}.{rest}"


def _alarms(data: ReportInput, probes: list[str]) -> list[Block]:
    failed = [
        f"{PROBE_NAMES[name]}, {model_name(model)}, {title(task)}: {found['verdict']}."
        for name, model, task, found in _entries(data, probes)
        if found["outcome"] == "failed"
    ]
    if not failed:
        return []
    return [
        Notice(
            "Failed controls",
            "\n\n".join(["A score that does not fall where it must rests on something else.", *failed]),
        )
    ]


def _told(data: ReportInput, name: str) -> str:
    probe = data.probes["probes"][name]
    total = data.probes.get("sentences")
    touched = f" ({probe['rewritten']} of {total} sentences change)" if probe.get("rewritten") and total else ""
    return f"{PROBE_NAMES[name]}: {WHAT_IT_DOES[name]}{touched}; {DEMANDS[probe['criterion']]}."


def _figure(data: ReportInput, task: str, models: tuple[str, ...], probes: list[str]) -> Drawing:
    rows = [LEFT_ALONE, *(PROBE_NAMES[name] for name in probes)]
    series = []
    for model, mark in marks(models).items():
        alone = reference(data, probes, model, task)
        found = [alone, *(_probe(entry(data, name, model, task)) for name in probes)]
        series.append(Series(model_name(model), mark, [Estimate.of((one or {}).get("macro_f1")) for one in found]))
        chance = [Estimate(one["chance"]) if one and one["chance"] is not None else None for one in found]
        hollow = Mark(mark.colour, mark.marker, mark.dash, filled=False)
        series.append(Series(f"chance, {model_name(model)}", hollow, chance))
    alt = f"{title(task)}: macro-F1 under each control. " + " ".join(
        f"{model_name(model)}: left alone {_alone(data, probes, model, task)}, "
        + ", ".join(f"{PROBE_NAMES[name].lower()} {_value(data, name, model, task)}" for name in probes)
        + "."
        for model in models
    )
    return draw_intervals(
        f"controls-{task}", alt, rows, series, Scale(f"{title(task)}: macro-F1"), data.settings.png_dpi
    )


def _probe(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return found["probe"] if found else None


def _alone(data: ReportInput, probes: list[str], model: str, task: str) -> str:
    found = reference(data, probes, model, task)
    return number(mean(found["macro_f1"])) if found else MISSING


def _value(data: ReportInput, probe: str, model: str, task: str) -> str:
    found = entry(data, probe, model, task)
    return number(mean(found["probe"]["macro_f1"])) if found else MISSING


def _table(data: ReportInput, model: str, probes: list[str]) -> Table:
    tasks = data.tasks
    alone = [reference(data, probes, model, task) for task in tasks]
    rows = [(Cell(LEFT_ALONE), *(_scores(found) for found in alone))]
    for name in probes:
        found = [entry(data, name, model, task) for task in tasks]
        rows.append((Cell(PROBE_NAMES[name]), *(_scores(_probe(one), one) for one in found)))
    for floor in sort_models(FLOORS):
        scores = [data.task_metrics(task)["models"].get(floor, {}).get("macro_f1") for task in tasks]
        if any(scores):
            rows.append((Cell(f"{model_name(floor)}, of the run"), *(score_cell(score) for score in scores)))
    columns = (Column("Control"), *(Column(title(task), kind="number") for task in tasks))
    caption = f"{model_name(model)}: macro-F1 with {level(data)} interval, chance, and outcome."
    return Table(caption, columns, tuple(rows))


def _scores(scores: Mapping[str, Any] | None, judged: Mapping[str, Any] | None = None) -> Cell:
    if scores is None:
        return Cell(MISSING)
    details = [interval(scores["macro_f1"].get("ci")), f"chance {number(scores['chance'])}"]
    details += [judged["outcome"]] if judged else []
    return Cell(number(mean(scores["macro_f1"])), tuple(detail for detail in details if detail))
