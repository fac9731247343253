"""Sweeps through Hydra's launchers: a job a process, names that differ, errors that come back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.artifacts import write_json
from pipeline.hydra_entry import _sweep_name
from pipeline.layout import ProjectLayout
from pipeline.settings.run import RunSettings
from pipeline.stages.objective import development_losses
from pipeline.stages.pipeline import run_stages

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def project_data(tmp_path: Path) -> Path:
    for name in ("raw", "annotations", "rules"):
        shutil.copytree(PROJECT / "data" / name, tmp_path / "data" / name)
    return tmp_path


def sweep(root: Path, *overrides: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "run", *overrides, "--multirun"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )


def test_an_error_in_one_parallel_job_comes_back_and_spares_the_other(project_data: Path) -> None:
    done = sweep(project_data, "experiment=sweep/grid", "model=[majority]", "hydra.sweeper.params=null", "seed=1,-2")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("error: seed=-2 is out of range")
    assert "Traceback" not in done.stderr
    assert len(list((project_data / "models").glob("sweep*seed=1/folds/majority/repetition-0/fold-*"))) == 5
    assert not (project_data / "reports").exists(), "a search must not score test folds"


def test_a_search_without_anything_to_minimise_says_so(project_data: Path) -> None:
    done = sweep(project_data, "experiment=sweep/optuna", "until=split", "hydra.sweeper.n_trials=1")
    assert done.returncode == 2
    assert "nothing to minimise; a search needs until=train" in done.stderr.strip().splitlines()[-1]


def test_long_names_of_jobs_still_differ() -> None:
    common = ",".join(f"model.transformer.setting_{number}=0.123456789" for number in range(9))
    names = {_sweep_name("sweep", f"{common},seed={seed}") for seed in range(20)}
    assert len(names) == 20
    assert all(len(name) <= 120 for name in names)


def test_what_a_search_minimises_is_the_mean_over_tasks_and_folds(
    tmp_path: Path, settings_for: Callable[..., RunSettings]
) -> None:
    settings = settings_for()
    layout = ProjectLayout(tmp_path)
    for fold, losses in enumerate([(1.0, 3.0), (2.0, 4.0)]):
        folder = layout.fold(settings.name, "stratified", 0, fold)
        folder.mkdir(parents=True)
        scores = {task: {"log_loss": loss} for task, loss in zip(("stance", "length"), losses, strict=True)}
        write_json(folder / "fit.json", {"development": scores})
    assert development_losses(settings, tmp_path) == {"stratified": 2.5}


def test_a_run_until_train_scores_nothing(
    sources: Path, tmp_path: Path, settings_for: Callable[..., RunSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sources, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    settings = settings_for()
    settings.until = "train"
    assert run_stages("run", settings) is None
    assert (Path("models") / settings.name / "folds").is_dir()
    assert not (Path("reports") / settings.name).exists()
