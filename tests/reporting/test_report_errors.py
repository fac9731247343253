from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.records import Document, LabeledSentence, Prediction
from pipeline.reporting import ReportInput
from pipeline.reporting.blocks import Paragraph
from pipeline.reporting.sections.errors import error_section, place, worst_errors


def sentence(name: str, stance: str | None, composed: bool = False) -> LabeledSentence:
    return LabeledSentence(name, f"text {name}", {"stance": stance}, "news", composed=composed)


def predicted(name: str, against: float, favor: float, repetition: int = 0, model: str = "transformer") -> Prediction:
    return Prediction(name, "stance", model, repetition, 0, (against, favor, 1 - against - favor))


@pytest.fixture(scope="module")
def base(make_report_input: Callable[..., ReportInput]) -> ReportInput:
    return make_report_input(task_names=["stance"])


def test_errors_are_sorted_by_the_confidence_of_the_wrong_label(base: ReportInput) -> None:
    data = replace(
        base,
        labeled=[sentence("a", "against"), sentence("b", "favor"), sentence("c", "against"), sentence("d", "favor")],
        predictions=[
            predicted("a", 0.1, 0.6),
            predicted("b", 0.9, 0.05),
            predicted("c", 0.8, 0.1),
            predicted("d", 0.7, 0.2),
        ],
    )
    errors = worst_errors(data)["stance", "transformer"]
    assert [(error.sentence.id, error.gold, error.predicted) for error in errors] == [
        ("b", "favor", "against"),
        ("d", "favor", "against"),
        ("a", "against", "favor"),
    ]
    assert [round(error.confidence, 6) for error in errors] == [0.9, 0.7, 0.6]


def test_repetitions_are_averaged_and_counted(base: ReportInput) -> None:
    data = replace(
        base,
        labeled=[sentence("a", "against"), sentence("b", "favor")],
        predictions=[
            predicted("a", 0.4, 0.6),
            predicted("a", 0.6, 0.3, repetition=1),
            predicted("b", 0.9, 0.1),
            predicted("b", 0.4, 0.6, repetition=1),
        ],
    )
    (error,) = worst_errors(data)["stance", "transformer"]
    assert (error.sentence.id, error.wrong, error.repetitions) == ("b", 1, 2)
    assert error.confidence == pytest.approx(0.65)


def test_unlabelled_composed_unknown_and_floor_predictions_are_left_out(base: ReportInput) -> None:
    data = replace(
        base,
        labeled=[sentence("a", None), sentence("q", "favor", composed=True), sentence("b", "favor")],
        predictions=[
            predicted("a", 0.9, 0.05),
            predicted("q", 0.9, 0.05),
            predicted("gone", 0.9, 0.05),
            predicted("b", 0.9, 0.05, model="majority"),
        ],
    )
    assert worst_errors(data) == {}


def test_the_list_ends_where_the_settings_say(base: ReportInput) -> None:
    assert {len(errors) for errors in worst_errors(base).values()} == {base.settings.worst_errors}
    none = replace(base, settings=replace(base.settings, worst_errors=0))
    (paragraph,) = error_section(none).blocks
    assert isinstance(paragraph, Paragraph)
    assert "report.worst_errors is 0" in paragraph.text


def test_place_names_what_is_known() -> None:
    full = LabeledSentence("x", "t", {}, "d", start=1200, end=1310, page=4, section="Intro")
    assert place(full, {"d": Document("d", "d.txt", "", title="Title")}) == (
        "Title · page 4 · section “Intro” · characters 1,200 to 1,310 · sentence x"
    )
    assert place(LabeledSentence("x", "t", {}, "d"), {}) == "d · sentence x"
    assert place(LabeledSentence("x", "t", {}), {}) == "no document · sentence x"
