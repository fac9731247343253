"""A report is reproduced, or what does not hold is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.artifacts import read_json, write_json
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.manifest import MANIFEST
from pipeline.reproduction.reproduce import main
from pipeline.reproduction.verify import verify

REPORT = "reports/tiny"


def reproduce(*arguments: str) -> tuple[int, dict[str, Any]]:
    status = main([*arguments, "--json", "outcome.json"])
    return status, read_json(Path("outcome.json"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def reverse_stances(path: Path) -> None:
    """Alter every prediction of one model for one task."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["model"] == "stratified" and row["task"] == "stance":
            row["probabilities"] = row["probabilities"][::-1]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def pretend_elsewhere(report: Path) -> None:
    """Let the manifest say that the numbers come from another processor."""
    manifest = read_json(report / MANIFEST)
    manifest["stages"]["evaluate"]["environment"]["hardware"]["cpu"] = "Chip Z"
    write_json(report / MANIFEST, manifest)


@pytest.fixture(scope="module")
def reproduced(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place where `tiny` and `thrice` have been run again, so that doing it once more trains nothing."""
    place = tmp_path_factory.mktemp("reproduced") / "place"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(finished)
        for report in (REPORT, "reports/thrice"):
            assert main([report, "--into", str(place)]) == 0
    return place


@pytest.fixture
def done(reproduced: Path, tmp_path: Path) -> Path:
    """A copy of it to work in."""
    shutil.copytree(reproduced, tmp_path / "done")
    return tmp_path / "done"


def test_an_untouched_report_is_reproduced_exactly_and_nothing_else_changes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(project)
    status, outcome = reproduce(REPORT)
    assert status == 0
    assert outcome["holds"]
    assert outcome["identical_predictions"]
    assert outcome["environment_differences"] == []
    assert len(outcome["predictions"]) == 2 * 2 * 2, "tasks, models and folds"
    assert {number["verdict"] for number in outcome["numbers"]} == {"identical"}
    assert [claim["holds"] for claim in outcome["claims"]] == [True, True]
    after = snapshot(project)
    del after["outcome.json"]
    assert after == before
    shown = capsys.readouterr().out
    assert "predictions have to be identical" in shown
    assert "stance.stratified.macro_f1.mean" in shown
    assert "the report of run 'tiny' was reproduced with identical predictions and all" in shown


def test_every_number_of_the_metrics_is_compared(project: Path, done: Path) -> None:
    _, outcome = reproduce(REPORT, "--only", "majority", "--task", "stance", "--into", str(done))
    names = {number["name"] for number in outcome["numbers"]}
    expected = {
        "metrics.stance.majority.macro_f1.mean",
        "metrics.stance.majority.macro_f1.ci.0",
        "metrics.stance.majority.labels.favor.recall.mean",
        "metrics.stance.majority.confusion.0.0",
        "metrics.stance.majority.per_fold.1.accuracy",
        "metrics.stance.majority.risk_coverage.area",
    }
    assert expected <= names
    assert all(name.startswith("metrics.stance.majority.") for name in names)
    assert outcome["claims"] == [], "a comparison needs both of its models"


def test_one_test_part_is_compared_by_its_predictions_and_scores(project: Path, done: Path) -> None:
    status, outcome = reproduce(
        "reports/thrice", "--fold", "1", "--seed", "2", "--only", "stratified", "--into", str(done)
    )
    assert status == 0
    assert {(match["model"], match["repetition"], match["fold"]) for match in outcome["predictions"]} == {
        ("stratified", 2, 1)
    }
    assert [number["name"] for number in outcome["numbers"] if "stance" in number["name"]] == [
        "metrics.stance.stratified.repetition-2.fold-1.macro_f1",
        "metrics.stance.stratified.repetition-2.fold-1.accuracy",
        "metrics.stance.stratified.repetition-2.fold-1.n_test",
    ]
    assert "models stratified; repetitions 2; folds 1" in outcome["sentence"]


def test_a_tampered_metric_is_named(project: Path, done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / REPORT / "metrics.json"
    metrics = read_json(path)
    metrics["tasks"]["stance"]["models"]["stratified"]["macro_f1"]["mean"] = 0.99
    write_json(path, metrics)
    status, outcome = reproduce(REPORT, "--into", str(done))
    assert status == 1
    assert outcome["failures"] == [
        "metrics.json of the report was altered since it was written",
        "metrics.stance.stratified.macro_f1.mean differs",
    ]
    shown = capsys.readouterr()
    assert "metrics.json was altered since it was written" in shown.err
    assert "was not reproduced: 1 of" in shown.out


def test_tampered_predictions_are_named_by_their_test_part(project: Path, done: Path) -> None:
    path = project / REPORT / "predictions.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    chosen = next(row for row in rows if row["model"] == "stratified" and row["fold"] == 1 and row["task"] == "length")
    chosen["probabilities"] = [0.5, 0.5]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    status, outcome = reproduce(REPORT, "--into", str(done))
    assert status == 1
    assert "predictions of stratified for length, repetition 0, fold 1 are not identical" in outcome["failures"]
    (match,) = [match for match in outcome["predictions"] if not match["identical"]]
    assert (match["task"], match["fold"], match["missing"]) == ("length", 1, 0)
    assert match["largest_difference"] > 0


def test_a_changed_conclusion_is_named(project: Path, done: Path) -> None:
    path = project / REPORT / "comparison.json"
    comparison = read_json(path)
    comparison["pairs"][0]["verdict"] = "stratified is better than majority on stance: by a mile"
    write_json(path, comparison)
    status, outcome = reproduce(REPORT, "--into", str(done))
    assert status == 1
    assert "stance: another conclusion" in outcome["failures"]


def test_elsewhere_identical_predictions_still_have_to_give_equal_numbers(
    project: Path, done: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_elsewhere(project / REPORT)
    status, outcome = reproduce(REPORT, "--into", str(done))
    assert status == 0
    assert outcome["environment_differences"][0]["first"] == "Chip Z"
    assert {number["tolerance"] for number in outcome["numbers"]} == {1e-9}
    shown = capsys.readouterr().out
    assert "processor: Chip Z, here" in shown
    assert "half the width of the recorded interval" in shown
    assert "on another kind of machine or other versions" in outcome["sentence"]


def test_elsewhere_other_predictions_are_judged_by_the_recorded_spread(project: Path, done: Path) -> None:
    report = project / "reports" / "thrice"
    pretend_elsewhere(report)
    reverse_stances(report / "predictions.jsonl")
    metrics = read_json(report / "metrics.json")
    scores = metrics["tasks"]["stance"]["models"]["stratified"]
    scores["macro_f1"]["mean"] += scores["macro_f1"]["sd"]
    scores["accuracy"]["mean"] += 3 * scores["accuracy"]["sd"]
    scores["mcc"]["sd"] += 1.0
    write_json(report / "metrics.json", metrics)
    status, outcome = reproduce("reports/thrice", "--into", str(done))
    verdicts = {number["name"]: number["verdict"] for number in outcome["numbers"]}
    assert status == 1
    assert verdicts["metrics.stance.stratified.macro_f1.mean"] == "within tolerance"
    assert verdicts["metrics.stance.stratified.accuracy.mean"] == "differs"
    assert verdicts["metrics.stance.stratified.mcc.sd"] == "not judged"
    assert not any(failure.startswith("predictions of") for failure in outcome["failures"])


def test_changed_and_missing_sources_are_all_named_and_nothing_runs(project: Path) -> None:
    edit(project / "data" / "raw" / "first.txt", "reject", "welcome")
    (project / "data" / "annotations" / "gold.jsonl").unlink()
    with pytest.raises(DataError) as caught:
        main([REPORT])
    message = str(caught.value)
    assert "data/raw/first.txt is not the file that the run started from" in message
    assert "data/annotations/gold.jsonl is missing" in message
    assert "second.txt" not in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "oracle"], "--only 'oracle' is not part of the run; choose of majority, stratified"),
        (["--task", "mood"], "--task 'mood' is not part of the run; choose of stance, length"),
        (["--fold", "7"], "no such test part; repetitions reach from 0 to 0, folds from 0 to 1"),
    ],
)
def test_a_part_that_the_run_does_not_have_is_refused(project: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        main([REPORT, *arguments])


def test_a_folder_that_is_no_report_is_refused(project: Path) -> None:
    with pytest.raises(ArtifactError, match="no finished evaluate stage"):
        main(["data/processed/tiny"])
    with pytest.raises(ArtifactError, match=r"reports/absent holds no manifest\.json"):
        main(["reports/absent"])
    with pytest.raises(ArtifactError, match="there is no folder"):
        main([REPORT, "--json", "absent/outcome.json"])


def test_a_kept_place_is_resumed_and_can_be_verified(project: Path, tmp_path: Path) -> None:
    place = tmp_path / "again"
    assert main([REPORT, "--only", "majority", "--into", str(place)]) == 0
    first = (place / "models/tiny/folds/majority/repetition-0/fold-0/manifest.json").stat().st_mtime_ns
    assert main([REPORT, "--into", str(place)]) == 0
    assert (place / "models/tiny/folds/majority/repetition-0/fold-0/manifest.json").stat().st_mtime_ns == first
    assert verify(place, place).findings == ()


def test_a_place_that_holds_other_files_is_refused(project: Path) -> None:
    before = snapshot(project)
    with pytest.raises(ArtifactError, match="holds other files"):
        main([REPORT, "--into", str(project)])
    assert snapshot(project) == before


def test_a_place_of_a_run_on_other_sources_is_refused(project: Path, done: Path) -> None:
    manifest = read_json(project / REPORT / MANIFEST)
    del manifest["stages"]["report"]["sources"]["data/raw/second.txt"]
    write_json(project / REPORT / MANIFEST, manifest)
    with pytest.raises(ArtifactError, match="is of a run on other sources"):
        main([REPORT, "--into", str(done)])
