"""All stages on a tiny project: what is done again, what is not, and what a kill leaves behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import read_json
from pipeline.errors import ArtifactError, DataError
from pipeline.settings.run import STAGES, RunSettings
from pipeline.settings.transformer import TransformerSettings
from pipeline.stages.pipeline import print_summary, run_stage
from pipeline.stages.train import TrainingPlan

SettingsFor = Callable[..., RunSettings]
RESULTS = ("predictions.jsonl", "metrics.json", "comparison.json")


def run_all(settings: RunSettings, root: Path) -> list[str]:
    """Names of the stages that had something to do."""
    return [stage for stage in STAGES if run_stage(stage, settings, root).ran]


@pytest.fixture
def fresh(sources: Path, tmp_path: Path) -> Path:
    """A project with sources and nothing else."""
    root = tmp_path / "project"
    shutil.copytree(sources, root)
    return root


@pytest.fixture
def done(fresh: Path, settings_for: SettingsFor) -> Path:
    run_all(settings_for(), fresh)
    return fresh


def test_a_second_run_finds_everything_up_to_date(done: Path, settings_for: SettingsFor) -> None:
    assert run_all(settings_for(), done) == []


def test_an_evaluation_setting_redoes_evaluation_and_report_only(done: Path, settings_for: SettingsFor) -> None:
    settings = settings_for()
    settings.evaluation = replace(settings.evaluation, confidence=0.9)
    assert run_all(settings, done) == ["evaluate", "report"]


def test_a_report_setting_redoes_the_report_only(done: Path, settings_for: SettingsFor) -> None:
    settings = settings_for()
    settings.report = replace(settings.report, title="Another title")
    assert run_all(settings, done) == ["report"]
    assert "Another title" in (done / "reports" / "tiny" / "report.md").read_text()


def test_another_repetition_keeps_the_folds_that_were_done(done: Path, settings_for: SettingsFor) -> None:
    kept = done / "models" / "tiny" / "folds" / "majority" / "repetition-0" / "fold-0" / "manifest.json"
    before = kept.stat().st_mtime_ns
    assert run_all(settings_for(repetitions=2), done) == ["split", "train", "evaluate", "report"]
    assert kept.stat().st_mtime_ns == before


def test_runs_share_the_preparation_that_is_the_same(done: Path, settings_for: SettingsFor) -> None:
    shutil.copytree(done / "models" / "tiny", done / "models" / "other")

    def prepared(run: str, model: TransformerSettings, repetition: int = 0) -> Path | None:
        settings = replace(settings_for(), name=run, model={"transformer": model})
        return TrainingPlan(settings, done).prepared("transformer", repetition)

    usual = TransformerSettings()
    assert prepared("tiny", usual) == prepared("other", replace(usual, epochs=9))
    others = [prepared("other", replace(usual, prepare_epochs=9)), prepared("other", replace(usual, composed="none"))]
    assert len({prepared("tiny", usual), prepared("tiny", usual, 1), *others}) == 4


def test_the_summary_shows_scores_verdict_and_report(
    done: Path, settings_for: SettingsFor, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(settings_for(), done)
    shown = capsys.readouterr().out
    mean = read_json(done / "reports" / "tiny" / "metrics.json")["tasks"]["stance"]["models"]["majority"]["macro_f1"][
        "mean"
    ]
    assert f"{mean:.3f} [" in shown
    assert "Undecided" in shown
    assert shown.rstrip().endswith("Report: reports/tiny/report.html")


def test_a_single_group_has_scores_without_an_interval(
    fresh: Path, settings_for: SettingsFor, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for()
    settings.split = replace(settings.split, strategy="holdout", holdout_fraction=0.06)
    run_all(settings, fresh)
    print_summary(settings, fresh)
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("│ majority"))
    assert "[" not in row


def test_a_changed_document_is_noticed(done: Path, settings_for: SettingsFor) -> None:
    (done / "data" / "raw" / "first.txt").write_text("A document that the annotations do not know.\n")
    with pytest.raises(DataError, match=r"They reject the inquiry, says the first text in line 0"):
        run_all(settings_for(), done)


def test_an_altered_result_is_made_again(done: Path, settings_for: SettingsFor) -> None:
    metrics = done / "reports" / "tiny" / "metrics.json"
    honest = metrics.read_text()
    metrics.write_text(honest.replace("0.", "0.9"))
    assert "evaluate" in run_all(settings_for(), done)
    assert metrics.read_text() == honest


def test_a_stage_without_its_input_says_which_to_run(fresh: Path, settings_for: SettingsFor) -> None:
    with pytest.raises((ArtifactError, DataError), match="missing"):
        run_stage("evaluate", settings_for(), fresh)


def test_killed_at_any_moment_the_next_run_gives_the_same(
    fresh: Path, sources: Path, tmp_path: Path, settings_for: SettingsFor
) -> None:
    command = [sys.executable, "-c", KILLED.format(root=str(fresh), tests=str(Path(__file__).parents[1]))]
    for delay in (1.5, 2.5, 3.5, 5.0):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    run_all(settings_for(), fresh)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(sources, undisturbed)
    run_all(settings_for(), undisturbed)
    for name in RESULTS:
        ours, theirs = (root / "reports" / "tiny" / name for root in (fresh, undisturbed))
        assert ours.read_bytes() == theirs.read_bytes()
    assert not list(fresh.rglob(".*.partial"))


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import tiny_settings
from pipeline.settings.run import STAGES
from pipeline.stages.pipeline import run_stage
if __name__ == "__main__":
    for stage in STAGES:
        run_stage(stage, tiny_settings(), Path({root!r}))
"""


def test_a_failing_model_ends_the_run_and_keeps_the_rest(fresh: Path, settings_for: SettingsFor) -> None:
    settings = settings_for()
    for stage in ("ingest", "label", "split"):
        run_stage(stage, settings, fresh)
    settings.model["stratified"]._target_ = "pipeline.models.base.Model"
    with pytest.raises(TypeError, match="abstract"):
        run_stage("train", settings, fresh)
    settings.model["stratified"]._target_ = "pipeline.models.floors.StratifiedModel"
    run_stage("train", settings, fresh)
    fold = fresh / "models" / "tiny" / "folds" / "stratified" / "repetition-0" / "fold-0"
    assert read_json(fold / "fit.json")
