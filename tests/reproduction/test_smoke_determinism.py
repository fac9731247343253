"""The smoke experiment, transformer included, in fresh processes: one seed gives one result to the last byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
RESULTS = ("predictions.jsonl", "metrics.json", "comparison.json")
RUNS = {
    "first": ("1", ["train.jobs=1"]),
    "again": ("2", ["train.jobs=2"]),
    "other": ("1", ["seed=1"]),
}
"""The hash seed that orders sets of strings, and what else differs from the experiment."""


def run_smoke(root: Path, hash_seed: str, overrides: list[str]) -> dict[str, bytes]:
    for name in ("raw", "annotations", "rules"):
        shutil.copytree(PROJECT / "data" / name, root / "data" / name)
    for stage in ("ingest", "label", "split", "train", "evaluate"):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", stage, "experiment=smoke", *overrides],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    return {name: (root / "reports" / "smoke" / name).read_bytes() for name in RESULTS}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("smoke")
    return {name: run_smoke(folder / name, *run) for name, run in RUNS.items()}


@pytest.mark.parametrize("name", RESULTS)
def test_the_smoke_experiment_repeats_itself_byte_for_byte(results: dict[str, dict[str, bytes]], name: str) -> None:
    assert results["first"][name] == results["again"][name]


@pytest.mark.parametrize("name", RESULTS)
def test_another_seed_gives_another_result(results: dict[str, dict[str, bytes]], name: str) -> None:
    assert results["first"][name] != results["other"][name]


def test_the_transformer_is_among_what_repeats_itself(results: dict[str, dict[str, bytes]]) -> None:
    assert b'"model": "transformer"' in results["first"]["predictions.jsonl"]
