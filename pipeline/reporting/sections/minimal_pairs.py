"""Minimal pairs: does a small edit move the model when it must, and leave it alone when it must not?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.blocks import Block, Cell, Column, Disclosure, Gallery, Notice, Paragraph, Section, Split, Table
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.figures.intervals import Estimate, Scale, Series, draw_intervals
from pipeline.reporting.figures.style import marks
from pipeline.reporting.formatting import MISSING, interval, mean, number, p_value, percent
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import enumerate_words, model_name, sort_models, title, words
from pipeline.reporting.sections.controls import not_run
from pipeline.reporting.sections.verdict import level


def minimal_pair_section(data: ReportInput) -> Section:
    """Pairs right by model and by kind of edit."""
    found = data.challenge
    if not found.get("models"):
        return Section("minimal-pairs", "Minimal pairs", (not_run(),))
    models = sort_models(found["models"])
    blocks: list[Block] = [
        Paragraph(
            f"{found['pairs']} pairs of sentences that differ by a small edit which must, or must not, change a "
            "label. A pair counts as right where both sentences are, in every task that the edit is about. Who reads "
            "catchwords says the same of both sentences, and has few pairs right. The models are those trained on all "
            "sentences."
        ),
        Notice(
            "Invented, and for testing only",
            "The sentences were written for this test. No model was trained on them or tuned to them, and none of them "
            "is nearly the same as a sentence trained on. Choosing a model by these figures would end that.",
        ),
        Split(
            (Gallery(f"Share of pairs right with {level(data)} intervals.", (_figure(data, models),)),),
            (_kinds_table(data, models),),
        ),
        _scores_table(data, models),
    ]
    if found.get("comparisons"):
        blocks.append(_comparison_table(data))
    blocks.append(
        Disclosure(
            "Kinds of edit: moved as expected, and single sentences", tuple(_kind_table(data, m) for m in models)
        )
    )
    return Section("minimal-pairs", "Minimal pairs", tuple(blocks))


def _kinds(data: ReportInput) -> dict[str, Mapping[str, Any]]:
    return dict(data.challenge["kinds"])


def _share(share: Mapping[str, Any]) -> Cell:
    if share["share"] is None:
        return Cell(MISSING)
    bounds = interval([100 * bound for bound in share["ci"]], 0)
    return Cell(f"{share['right']} of {share['of']}", (percent(share["share"]), f"{bounds} %"))


def _figure(data: ReportInput, models: tuple[str, ...]) -> Drawing:
    kinds = _kinds(data)
    rows = ["All pairs", *(title(kind) for kind in kinds)]
    series = []
    for model, mark in marks(models).items():
        found = data.challenge["models"][model]
        shares = [found["both_right"], *(found["kinds"][kind]["both_right"] for kind in kinds)]
        series.append(Series(model_name(model), mark, [_estimate(share) for share in shares]))
    alt = "Share of minimal pairs right. " + " ".join(
        f"{model_name(model)}: {percent(data.challenge['models'][model]['both_right']['share'])} of all."
        for model in models
    )
    notes = [f"n {data.challenge['pairs']}", *(f"n {kinds[kind]['pairs']}" for kind in kinds)]
    scale = Scale("share of pairs right")
    return draw_intervals("minimal-pairs", alt, rows, series, scale, data.settings.png_dpi, notes)


def _estimate(share: Mapping[str, Any]) -> Estimate | None:
    return None if share["share"] is None else Estimate(share["share"], *share["ci"])


def _kinds_table(data: ReportInput, models: tuple[str, ...]) -> Table:
    rows = [
        (Cell("All pairs"), Cell(""), *(_share(data.challenge["models"][model]["both_right"]) for model in models)),
        *(
            (
                Cell(title(kind)),
                Cell(enumerate_words([words(one) for one in about["expect"]])),
                *(_share(data.challenge["models"][model]["kinds"][kind]["both_right"]) for model in models),
            )
            for kind, about in _kinds(data).items()
        ),
    ]
    columns = (Column("Edit"), Column("Expected"), *(Column(model_name(model), kind="number") for model in models))
    return Table(f"Pairs right by kind of edit, with {level(data)} interval of the share.", columns, tuple(rows))


def _scores_table(data: ReportInput, models: tuple[str, ...]) -> Table:
    """Single sentences and pairs, a task at a time."""
    rows = []
    for model in models:
        for task, scores in data.challenge["models"][model]["tasks"].items():
            figures = (
                Cell(number(mean(scores[key])), tuple(one for one in (interval(scores[key].get("ci")),) if one))
                for key in ("macro_f1", "accuracy")
            )
            rows.append(
                (
                    Cell(model_name(model)),
                    Cell(title(task)),
                    *figures,
                    Cell(number(scores["chance"])),
                    _share(scores["both_right"]),
                )
            )
    numeric = ("Macro-F1", "Accuracy", "Chance (macro-F1)", "Both right")
    columns = (Column("Model"), Column("Task"), *(Column(name, kind="number") for name in numeric))
    return Table(f"Sentences and pairs by task, with {level(data)} intervals over pairs.", columns, tuple(rows))


def _comparison_table(data: ReportInput) -> Table:
    rows = tuple(
        (
            Cell(f"{model_name(one['a'])} against {model_name(one['b'])}"),
            Cell(str(one["a_only"])),
            Cell(str(one["b_only"])),
            Cell(p_value(one["p_mcnemar"])),
        )
        for one in data.challenge["comparisons"]
    )
    numeric = ("Only the first right (pairs)", "Only the second right (pairs)", "p, McNemar")
    columns = (Column("Models"), *(Column(name, kind="number") for name in numeric))
    return Table("Pairs that only one of two models has right.", columns, rows)


def _kind_table(data: ReportInput, model: str) -> Table:
    """Whether the labels of a pair differ, or not, as they should, whatever they are; and accuracy on its sentences."""
    found = data.challenge["models"][model]["kinds"]
    tasks = list(data.challenge["models"][model]["tasks"])
    rows = tuple(
        (
            Cell(title(kind)),
            _share(scores["moves_as_expected"]),
            *(Cell(percent(scores["accuracy"].get(task))) for task in tasks),
        )
        for kind, scores in found.items()
    )
    columns = (
        Column("Edit"),
        Column("Moved, or not, as expected", kind="number"),
        *(Column(f"{title(task)}: accuracy", kind="number") for task in tasks),
    )
    return Table(f"{model_name(model)}: by kind of edit.", columns, rows)
