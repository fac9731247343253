"""Two reports side by side."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.artifacts import read_json
from pipeline.reproduction.compare import ABSENT, main, settings_differences


def compare(a: str, b: str) -> dict[str, Any]:
    assert main([f"reports/{a}", f"reports/{b}", "--json", "difference.json"]) == 0
    return dict(read_json(Path("difference.json")))


def test_settings_differ_by_dotted_key_with_lists_as_values() -> None:
    a = {"seed": 0, "split": {"folds": 5}, "files": ["x"], "only_a": {}}
    b = {"seed": 0, "split": {"folds": 3}, "files": ["x", "y"]}
    assert list(settings_differences(a, b)) == [
        ("split.folds", 5, 3),
        ("files", ["x"], ["x", "y"]),
        ("only_a", {}, ABSENT),
    ]


def test_a_run_against_itself_ties_exactly(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = compare("tiny", "tiny")
    assert result["settings"] == result["sources"] == result["environment"] == result["notes"] == []
    assert {score["difference"] for score in result["scores"]} == {0.0}
    assert len(result["tests"]) == 4, "two tasks, two models"
    for test in result["tests"]:
        assert (test["difference"], test["mcnemar"]["p"], test["p_corrected_t"], test["notes"]) == (0.0, 1.0, 1.0, [])
    assert "All settings are equal." in capsys.readouterr().out


def test_runs_on_other_folds_are_paired_by_sentence_without_a_test_over_folds(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = compare("tiny", "again")
    assert result["settings"] == [["name", "tiny", "again"], ["seed", 0, 1]]
    stratified = next(test for test in result["tests"] if test["task"] == "stance" and "stratified" in test["a"])
    scores = {(score["task"], score["model"], score["metric"]): score for score in result["scores"]}
    assert stratified["a"] == "stratified of B"
    assert stratified["difference"] == pytest.approx(scores["stance", "stratified", "macro_f1"]["difference"])
    assert stratified["ci"][0] < stratified["difference"] < stratified["ci"][1]
    assert stratified["p_corrected_t"] is None
    assert "no corrected t-test, because the runs trained on other folds" in stratified["notes"]
    assert "stratified of B" in capsys.readouterr().out


def test_only_common_repetitions_are_paired(project: Path) -> None:
    result = compare("tiny", "thrice")
    test = result["tests"][0]
    assert test["repetitions"] == 1
    assert any("96 predictions of either run left out" in note for note in test["notes"])


def test_sentences_with_another_label_are_left_out(project: Path) -> None:
    split = project / "reports" / "again" / "dataset" / "repetition_0" / "fold_0.jsonl"
    split.write_text(split.read_text().replace('"stance": "favor"', '"stance": "against"', 2))
    result = compare("tiny", "again")
    notes = {(test["task"], note) for test in result["tests"] for note in test["notes"] if "left out" in note}
    assert notes == {
        ("stance", "2 predictions of either run left out, as the other has none for the same sentence and label")
    }


def test_without_sentences_there_are_scores_but_no_tests(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(project / "reports" / "again" / "dataset")
    result = compare("tiny", "again")
    assert result["tests"] == []
    assert "no paired tests: reports/again/dataset is missing" in result["notes"][0]
    assert len(result["scores"]) > 0
    assert "was altered since it was written" in capsys.readouterr().out
