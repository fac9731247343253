from __future__ import annotations

import pytest

from pipeline.records import Document
from pipeline.reporting.formatting import count, interval, number, p_value, percent, plain, points, seconds
from pipeline.reporting.names import document_name, enumerate_words, model_name, shorten, sort_models, title

DASH, MINUS = "\u2013", "\u2212"


def test_numbers_have_fixed_decimals_and_a_true_minus() -> None:
    assert number(0.12345) == "0.123"
    assert number(-0.5, 1) == f"{MINUS}0.5"
    assert number(12345.6, 0) == "12,346"
    assert number(None) == number(float("nan")) == DASH


def test_differences_are_signed_points() -> None:
    assert points(0.0812) == "+8.1"
    assert points(-0.0812) == f"{MINUS}8.1"
    assert points(0.0001) == points(-0.0001) == points(0.0) == "0.0"
    assert points(None) == DASH


def test_p_values_are_never_zero() -> None:
    assert p_value(0.0) == p_value(0.0009) == "< 0.001"
    assert p_value(0.0312) == "0.031"
    assert p_value(1.0) == "1.000"
    assert p_value(None) == DASH


def test_intervals() -> None:
    assert interval([0.1, 0.25], 2) == "0.10 to 0.25"
    assert interval(None) == interval([]) == interval([None, 0.2]) == ""


@pytest.mark.parametrize(("value", "text"), [(3, "3"), (3.0, "3"), (2.5, "2.5"), (2005, "2,005"), (None, DASH)])
def test_counts(value: float | None, text: str) -> None:
    assert count(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2.5, "2.5 s"), (321, "5.3 min"), (36000, "10.0 h"), (0, "0.0 s"), (None, DASH)]
)
def test_durations(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_shares() -> None:
    assert percent(0.5) == "50 %"
    assert percent(0.9655, 1) == "96.5 %"
    assert percent(None) == DASH


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, DASH),
        ("", DASH),
        ([], DASH),
        (0, "0"),
        (False, "no"),
        (True, "yes"),
        (1e-4, "0.0001"),
        ([1, "a"], "1, a"),
        ({"stance": 1.0, "frame": 0.5}, "stance 1, frame 0.5"),
    ],
)
def test_plain_values(value: object, text: str) -> None:
    assert plain(value) == text


def test_names() -> None:
    assert model_name("tfidf") == "TF-IDF"
    assert model_name("my_model") == "my model"
    assert title("double_standards") == "Double standards"
    assert enumerate_words(["a"]) == "a"
    assert enumerate_words(["a", "b", "c"]) == "a, b and c"
    assert enumerate_words([]) == ""
    assert sort_models(["majority", "zeta", "tfidf", "alpha", "transformer"]) == (
        "transformer",
        "tfidf",
        "alpha",
        "zeta",
        "majority",
    )


def test_shortening_keeps_the_beginning() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("a long title of words", 15) == "a long title…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"


def test_a_document_without_title_goes_by_kind_and_id() -> None:
    assert document_name(Document("003", "raw/003.txt", "", title="A title", kind="thesis")) == "A title"
    assert document_name(Document("003", "raw/003.txt", "", kind="thesis")) == "Thesis 003"
    assert document_name(Document("003", "raw/003.txt", "")) == "003"
