"""One seed, one result: whole runs in processes of their own, compared byte by byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pipeline.settings.baselines import TfidfSettings
from pipeline.settings.run import RunSettings

PROJECT = Path(__file__).parents[2]
RESULTS = ("predictions.jsonl", "metrics.json", "comparison.json")
PROGRAM = """
import json
from pathlib import Path
from pipeline.reproduction.restore import settings_from_dict
from pipeline.stages.pipeline import run_stage

if __name__ == "__main__":
    settings = settings_from_dict(json.loads(Path("run.json").read_text()))
    for stage in ("ingest", "label", "split", "train", "evaluate"):
        run_stage(stage, settings, Path.cwd())
"""


def start(settings: RunSettings, sources: Path, root: Path, hash_seed: str) -> subprocess.Popen[str]:
    """A run in a fresh process, whose sets of strings are ordered by `hash_seed`."""
    shutil.copytree(sources, root)
    (root / "run.json").write_text(json.dumps(asdict(settings)))
    (root / "program.py").write_text(PROGRAM)
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        [sys.executable, "program.py"], cwd=root, env=environment, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str], report: Path) -> dict[str, bytes]:
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    return {name: (report / name).read_bytes() for name in RESULTS}


@pytest.fixture(scope="module")
def results(
    settings_for: Callable[..., RunSettings], sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, bytes]]:
    """The same run twice, apart in hash seed and number of processes, and once with another seed."""
    tiny = settings_for(repetitions=2)
    tfidf = TfidfSettings(squared_C=[1.0, 3.0], logistic_C=[10.0], class_weight=["none"], inner_folds=2)
    evaluation = replace(tiny.evaluation, compare=[["tfidf", "stratified"]])
    first = replace(tiny, model={"stratified": tiny.model["stratified"], "tfidf": tfidf}, evaluation=evaluation)
    again = replace(first, train=replace(first.train, jobs=2))
    other = replace(first, seed=1)
    folder = tmp_path_factory.mktemp("determinism")
    started = {
        name: start(settings, sources, folder / name, hash_seed)
        for name, settings, hash_seed in (("first", first, "1"), ("again", again, "2"), ("other", other, "1"))
    }
    return {name: finish(process, folder / name / "reports" / tiny.name) for name, process in started.items()}


@pytest.mark.parametrize("name", RESULTS)
def test_equal_seeds_give_equal_bytes_in_fresh_processes(results: dict[str, dict[str, bytes]], name: str) -> None:
    assert results["first"][name] == results["again"][name]


@pytest.mark.parametrize("name", RESULTS)
def test_another_seed_gives_another_result(results: dict[str, dict[str, bytes]], name: str) -> None:
    assert results["first"][name] != results["other"][name]


def test_repetitions_differ_from_each_other(results: dict[str, dict[str, bytes]]) -> None:
    rows = [json.loads(line) for line in results["first"]["predictions.jsonl"].splitlines()]
    for model in ("stratified", "tfidf"):
        repetitions = [
            {
                (row["sentence"], row["task"]): row["probabilities"]
                for row in rows
                if row["model"] == model and row["repetition"] == repetition
            }
            for repetition in (0, 1)
        ]
        assert repetitions[0].keys() == repetitions[1].keys()
        assert repetitions[0] != repetitions[1]
