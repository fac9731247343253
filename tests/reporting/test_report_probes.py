"""Controls, leakage, minimal pairs, learning curve and seeds as the report shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_page import Page, folded

from pipeline.reporting import ReportInput, write_report
from pipeline.reporting.sections.controls import control_section
from pipeline.reporting.sections.leakage import leakage_section
from pipeline.reporting.sections.learning_curve import learning_curve_section
from pipeline.reporting.sections.minimal_pairs import minimal_pair_section
from pipeline.reporting.sections.seeds import seed_section

TASKS = ("stance", "frame", "holder")


def estimate(value: float) -> dict[str, Any]:
    return {"mean": value, "ci": [value - 0.05, value + 0.05]}


def scores(value: float) -> dict[str, Any]:
    return {"macro_f1": estimate(value), "chance": 0.25}


def answered(criterion: str, value: float, outcome: str, parts: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {
        "sentences": 40,
        "groups": 9,
        "reference": scores(0.7),
        "probe": scores(value),
        "difference": estimate(value - 0.7),
        "retained": estimate(0.6),
        "criterion": criterion,
        "outcome": outcome,
        "verdict": f"{outcome}: it came out at {value}",
    }
    if parts:
        empty = {"part": "thesis", "train": 20, "sentences": 0, "groups": 0}
        found["parts"] = [
            {
                "part": "news",
                "train": 20,
                "sentences": 20,
                "groups": 4,
                "reference": scores(0.7),
                "probe": scores(value),
                "difference": estimate(value - 0.7),
            },
            {**empty, "reference": None, "probe": None, "difference": None},
        ]
    return found


def probe(criterion: str, value: float, outcome: str, models: tuple[str, ...], parts: bool = False) -> dict[str, Any]:
    answer = answered(criterion, value, outcome, parts)
    return {
        "criterion": criterion,
        "rewritten": 31,
        "models": {model: dict.fromkeys(TASKS, answer) for model in models},
    }


def probes(models: tuple[str, ...] = ("tfidf",), **changes: Any) -> dict[str, Any]:
    curve = {
        "points": [{"train": size, "macro_f1": estimate(0.3 + size / 1000)} for size in (10.0, 20.0, 40.0)],
        "gain": {"from": 20.0, "to": 40.0, **estimate(0.12)},
        "outcome": "rising",
    }
    return {
        "schema": 1,
        "repetition": 0,
        "quick": True,
        "sentences": 40,
        "probes": {
            "labels_shuffled": probe("chance", 0.24, "passed", models),
            "words_shuffled": probe("worse", 0.71, "failed", models),
            "entities_masked": probe("keeps", 0.55, "undecided", models),
            "random_folds": probe("inflates", 0.8, "shown", models),
            "leave_one_document_out": probe("carries", 0.5, "passed", models, parts=True),
        },
        "obstacles": {"target_hidden": "there is one target", "leave_one_kind_out": "all are of one kind"},
        "learning_curve": {model: dict.fromkeys(TASKS, curve) for model in models},
        **changes,
    }


def challenge() -> dict[str, Any]:
    share = {"right": 4, "of": 6, "share": 4 / 6, "ci": [0.3, 0.9]}
    empty = {"right": 0, "of": 0, "share": None, "ci": None}
    model = {
        "both_right": share,
        "tasks": {
            task: {"sentences": 12, **scores(0.6), "accuracy": estimate(0.7), "both_right": share} for task in TASKS
        },
        "kinds": {
            "negation": {
                "both_right": share,
                "moves_as_expected": share,
                "accuracy": {"stance": 0.75, "frame": None, "holder": 1.0},
            },
            "voice": {"both_right": empty, "moves_as_expected": empty, "accuracy": dict.fromkeys(TASKS)},
        },
    }
    return {
        "schema": 1,
        "confidence": 0.95,
        "pairs": 6,
        "kinds": {
            "negation": {"expect": ["stance_flips"], "pairs": 6},
            "voice": {"expect": ["both_same"], "pairs": 0},
        },
        "models": {"tfidf": model, "majority": model},
        "comparisons": [{"a": "tfidf", "b": "majority", "a_only": 3, "b_only": 1, "of": 6, "p_mcnemar": 0.625}],
    }


@pytest.fixture(scope="module")
def folder(make_report_input: Callable[..., ReportInput], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("probed")
    write_report(make_report_input(probes=probes(("tfidf", "transformer")), challenge=challenge()), path)
    return path


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.md").read_text(encoding="utf-8")


def test_each_has_a_section_with_its_figures(folder: Path, text: str) -> None:
    for heading in ("Minimal pairs", "Controls", "What leakage would feign", "Learning curve", "Seeds"):
        assert f"## {heading}\n" in text
    names = {path.name for path in (folder / "figures").glob("*.svg")}
    assert {"controls-stance.svg", "leakage-tfidf.svg", "minimal-pairs.svg", "learning-curve-frame.svg"} <= names
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert "Transformer: macro-F1 with 95 % interval, chance, and outcome." in [folded(one) for one in page.captions]


def test_a_failed_control_cannot_be_overlooked(text: str) -> None:
    assert "> **Failed controls.**" in text
    assert "> Words shuffled, TF-IDF, Stance: failed: it came out at 0.71." in text
    assert "Of 18 outcomes (a control, a model and a task each): 6 passed, 6 undecided, 6 failed." in text


def test_no_alarm_without_a_failure(make_report_input: Callable[..., ReportInput]) -> None:
    found = probes()
    del found["probes"]["words_shuffled"]
    blocks = control_section(make_report_input(probes=found)).blocks
    assert not [block for block in blocks if block.kind == "notice"]


def test_quick_trainings_are_told(text: str, make_report_input: Callable[..., ReportInput]) -> None:
    assert text.count("These are quick trainings") == 3
    for section in (control_section, leakage_section, learning_curve_section):
        blocks = section(make_report_input(probes=probes(quick=False))).blocks
        assert not [block for block in blocks if "quick trainings" in getattr(block, "text", "")]


def test_what_could_not_be_asked_is_told(text: str) -> None:
    assert "Target hidden: there is one target." in text
    assert "New kind: all are of one kind." in text


def test_the_curve_says_whether_to_label_more(text: str) -> None:
    assert "Stance, TF-IDF: +12.0 points from 20 to 40 sentences (95 % interval 7.0 to 17.0); the curve still" in text


def test_pairs_are_counted_and_told_to_be_invented(text: str) -> None:
    assert "Invented, and for testing only" in text
    assert "| Negation | stance flips | 4 of 6 (67 %, 30 to 90 %) |" in text
    assert "| TF-IDF against Majority | 3 | 1 | 0.625 |" in text


def test_a_run_without_probes_says_how_to_ask(make_report_input: Callable[..., ReportInput]) -> None:
    data = make_report_input()
    for section in (control_section, leakage_section, learning_curve_section, minimal_pair_section):
        (only,) = section(data).blocks
        assert "The setting probes=cheap" in only.text


def test_seeds_tell_what_picking_the_best_would_feign(make_report_input: Callable[..., ReportInput]) -> None:
    data = make_report_input(repetitions=3, task_names=["stance"])
    score = data.metrics["tasks"]["stance"]["models"]["tfidf"]["macro_f1"]
    score["per_repetition"] = [0.5, 0.6, 0.7]
    (_, table) = seed_section(data).blocks
    (row,) = [row for row in table.rows if row[0].value == "TF-IDF"]
    assert [cell.value for cell in row[3:]] == ["0.500 to 0.700", "0.644", "0.667"]
    assert [column.title for column in table.columns[4:]] == ["Expected best of 2", "Expected best of 3"]


def test_one_repetition_has_no_seeds_to_tell_of(make_report_input: Callable[..., ReportInput]) -> None:
    (only,) = seed_section(make_report_input(repetitions=1)).blocks
    assert "split.repetitions=5" in only.text
