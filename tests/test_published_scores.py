"""The benchmark table: ours between the published ones, in order, with interval and spread."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.artifacts import write_json

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("published_scores", ROOT / "benchmarks" / "published_scores.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(mean: float, sd: float | None = 0.004) -> dict[str, object]:
    return {"mean": mean, "sd": sd, "ci": [mean - 0.02, mean + 0.02]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one finished run, whose figures are invented."""
    targets = {
        name: {"sentences": n, "models": {"tfidf": {"contrast_f1": score(value, None)}}}
        for name, n, value in (("dams", 30, 0.7), ("roads", 20, 0.6))
    }
    task = {"models": {"tfidf": {"contrast_f1": score(0.681)}}, "targets": targets}
    (tmp_path / "reports" / "tweeteval_stance").mkdir(parents=True)
    write_json(
        tmp_path / "reports" / "tweeteval_stance" / "metrics.json",
        {"repetitions": 5, "bootstrap": {"confidence": 0.95}, "tasks": {"stance": task}},
    )
    folder = tmp_path / "models" / "tweeteval_stance" / "folds" / "tfidf" / "repetition-0" / "fold-0"
    folder.mkdir(parents=True)
    write_json(folder / "fit.json", {"cpu_seconds": 90.0})
    return tmp_path


def test_the_table_sets_ours_in_its_place(script: ModuleType, project: Path) -> None:
    published = ROOT / "benchmarks" / "published" / "tweeteval_stance.yaml"
    assert script.main([str(published), "--root", str(project)]) == 0
    page = (project / "reports" / "benchmarks" / "tweeteval_stance.md").read_text()
    lines = page.splitlines()
    at = {
        name: next(n for n, line in enumerate(lines) if name in line) for name in ("RoBERTa-base", "TF-IDF", "BERTweet")
    }
    assert at["RoBERTa-base"] < at["TF-IDF"] < at["BERTweet"]
    assert "| **68.1 [66.1, 70.1]**, sd 0.4 | 5 | this repository; 1.5 CPU minutes a training |" in lines[at["TF-IDF"]]
    assert "| dams | 30 | 70.0 [68.0, 72.0] |" in page
    assert "stance run experiment=tweeteval_stance" in page
    assert str(project) not in page


def test_a_missing_run_is_one_line(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    published = ROOT / "benchmarks" / "published" / "tweeteval_stance.yaml"
    assert script.main([str(published), "--root", str(tmp_path), "--run", "none"]) == 2
    assert "metrics.json is missing" in capsys.readouterr().err
