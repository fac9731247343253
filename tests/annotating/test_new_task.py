"""Another codebook, other documents and people's answers: the whole run without a line of code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_records
from pipeline.records import LabeledSentence

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "new_task"


def stance(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the user's own, with nothing of the package in it, after ingest, import and run."""
    root = tmp_path_factory.mktemp("new_task") / "project"
    shutil.copytree(FIXTURE, root)
    own = ["--config-dir", "configs"]
    corpus = ["--corpus", "library_letters", "--codebook", "library_tone_v1"]
    for command in (
        ["ingest", *own, "experiment=library"],
        ["annotations", "import", "votes/anna.csv", "votes/ben.csv", *corpus, "--output", "votes/people.jsonl"],
        ["run", *own, "experiment=library"],
    ):
        done = stance(root, *command)
        assert done.returncode == 0, done.stderr
    return root


def test_people_s_votes_are_the_labels(finished: Path) -> None:
    labeled = read_records(finished / "data" / "processed" / "library_letters" / "labels.jsonl", LabeledSentence)
    by_id = {sentence.id: sentence for sentence in labeled}
    assert by_id["harbour-0001"].labels == {"tone": "complaint"}
    assert by_id["harbour-0001"].provenance == {"tone": "human:anna+ben"}
    assert "harbour-0000" not in by_id  # anna and ben disagree
    assert len(labeled) == 48 - 3


def test_the_report_speaks_of_the_task_at_hand_alone(finished: Path) -> None:
    report = (finished / "reports" / "library" / "report.md").read_text()
    assert report.startswith("# What letters say of the library")
    for text in ("praise", "complaint", "anna and ben", "Cohen's kappa", "Gwet's AC1", "2025-03"):
        assert text in report
    assert "Two people labelled the sentences" in report
    for text in ("human-rights", "scrutiny", "sovereignty", "holder", "favor"):
        assert text not in report
    metrics = read_json(finished / "reports" / "library" / "metrics.json")
    assert list(metrics["tasks"]) == ["tone"]
    assert set(metrics["tasks"]["tone"]["models"]) == {"majority", "tfidf"}


def test_agreement_in_the_report_is_in_per_cent(finished: Path) -> None:
    report = (finished / "reports" / "library" / "report.md").read_text()
    [row] = [line for line in report.splitlines() if line.startswith("| Tone | 35 | 3 |")]
    assert "91.4 %" in row


def test_the_model_classifies_with_the_new_labels(finished: Path) -> None:
    done = stance(finished, "classify", "--model", "models/library/tfidf", "-")
    assert done.returncode == 0, done.stderr
    done = stance(finished, "classify", "--model", "models/library/tfidf", "The staff are a joy, thank you.")
    assert done.returncode == 0, done.stderr
    assert '"tone"' in done.stdout
    assert "library_tone/1" in done.stdout


def test_votes_of_another_version_are_refused_until_they_are_mapped(finished: Path) -> None:
    label = ["label", "--config-dir", "configs", "experiment=library", "codebook=library_tone_v2", "corpus.name=second"]
    done = stance(finished, "ingest", *label[1:])
    assert done.returncode == 0, done.stderr
    done = stance(finished, *label)
    assert done.returncode == 2
    assert "follows codebook library_tone/1, this run library_tone/2" in done.stderr
    stance(finished, "codebook", "diff", "library_tone_v1", "library_tone_v2", "--mapping", "map.yaml")
    done = stance(finished, *label, "+labeling.version_maps={library_tone/1:map.yaml}")
    assert done.returncode == 0, done.stderr
    labeled = read_records(finished / "data" / "processed" / "second" / "labels.jsonl", LabeledSentence)
    assert {sentence.labels["tone"] for sentence in labeled} == {"praise", "grievance", "neither"}
