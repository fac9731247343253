"""A tiny finished run: two documents, two tasks, models that train in no time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_records, sha256_file
from pipeline.codebook import Codebook, Task
from pipeline.dataset import write_dataset
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import MajoritySettings, StratifiedSettings
from pipeline.settings.corpus import CorpusSettings
from pipeline.settings.evaluation import EvaluationSettings
from pipeline.settings.labeling import LabelingSettings
from pipeline.settings.report import ReportSettings
from pipeline.settings.run import RunSettings
from pipeline.settings.split import SplitSettings
from pipeline.settings.train import TrainSettings
from pipeline.splitting import Folds
from pipeline.stages.pipeline import run_stage

STANCES = ("against", "favor", "neutral")
OPENINGS = ("They reject", "We support", "The paper describes")
TOPICS = ("the inquiry", "a visit", "the vote", "that report", "the court", "an envoy", "the mandate", "this session")


def tiny_settings(name: str = "tiny", repetitions: int = 1, seed: int = 0) -> RunSettings:
    """Settings of a run on what `write_sources` wrote."""
    return RunSettings(
        name=name,
        seed=seed,
        corpus=CorpusSettings(name="tiny", files=["data/raw/*.txt"], segmenter="lines"),
        codebook=Codebook(
            name="tiny",
            version="1",
            tasks={
                "stance": Task(labels=dict.fromkeys(STANCES, ""), contrast=["against", "favor"]),
                "length": Task(labels={"short": "", "long": ""}),
            },
        ),
        labeling=LabelingSettings(gold="data/annotations/gold.jsonl", passes="", composed=[], bootstrap=100),
        split=SplitSettings(folds=2, repetitions=repetitions, block_size=3, whole_document_limit=0, near_duplicate=1.0),
        model={"majority": MajoritySettings(), "stratified": StratifiedSettings()},
        train=TrainSettings(final=[], current="", jobs=1),
        evaluation=EvaluationSettings(bootstrap=100, compare=[["stratified", "majority"]]),
        report=ReportSettings(png_dpi=50, worst_errors=1),
    )


def write_sources(root: Path) -> None:
    """Two documents of 24 sentences, one a line, and a label for each."""
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "annotations").mkdir()
    rows = []
    for document in ("first", "second"):
        texts = []
        for number in range(24):
            stance = number % 3
            texts.append(f"{OPENINGS[stance]} {TOPICS[number // 3]}, says the {document} text in line {number}.")
            labels = {"stance": STANCES[stance], "length": "long" if number // 3 % 2 else "short"}
            rows.append({"id": f"{document}-{number:04d}", "source": f"{document}.txt", "text": texts[-1], **labels})
        (root / "data" / "raw" / f"{document}.txt").write_text("\n".join(texts) + "\n")
    annotations = "".join(json.dumps(row) + "\n" for row in rows)
    (root / "data" / "annotations" / "gold.jsonl").write_text(annotations)


def run_everything(settings: RunSettings, root: Path) -> Path:
    """All stages, with a report of nothing but its manifest and dataset; the folder of the report."""
    for stage in ("ingest", "label", "split", "train", "evaluate"):
        run_stage(stage, settings, root)
    layout = ProjectLayout(root)
    sources = [*(root / "data" / "raw").iterdir(), root / settings.labeling.gold]

    def produce(scratch: Path) -> None:
        (scratch / "dataset").mkdir()
        labeled = read_records(layout.corpus(settings.corpus.name) / "labels.jsonl", LabeledSentence)
        folds = Folds.from_json(read_json(layout.models(settings.name) / "folds.json"))
        write_dataset(scratch / "dataset", labeled, folds, settings.codebook)

    extra = {
        "run": asdict(settings),
        "sources": {layout.relative(source): sha256_file(source) for source in sources},
    }
    ArtifactFolder(layout.report(settings.name)).ensure(Work("report", {}, {}, "c0", extra=extra), root, produce)
    return layout.report(settings.name)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the reports `tiny`, `again` (another seed) and `thrice` (three repetitions); leave it as it is."""
    root = tmp_path_factory.mktemp("finished")
    write_sources(root)
    run_everything(tiny_settings(), root)
    run_everything(tiny_settings("again", seed=1), root)
    run_everything(tiny_settings("thrice", repetitions=3), root)
    return root


@pytest.fixture
def project(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the finished project to work in."""
    root = tmp_path / "project"
    shutil.copytree(finished, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture(scope="session")
def settings_for() -> Callable[..., RunSettings]:
    """`tiny_settings`, for tests that run anew."""
    return tiny_settings


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with sources and nothing else; leave it as it is."""
    root = tmp_path_factory.mktemp("sources")
    write_sources(root)
    return root
