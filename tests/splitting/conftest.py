"""Labelled sentences: the published gold ones, and a small corpus made up for the purpose."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting import Folds, split

ROOT = Path(__file__).parents[2]
TASKS = ("stance", "frame", "holder")
PARTS = {"long": "train", "a": "development", "b": "test"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def gold() -> list[LabeledSentence]:
    lines = (ROOT / "data/annotations/v1/gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        LabeledSentence(
            row["id"],
            row["text"],
            {task: row[task] for task in TASKS},
            document=row["id"][:3],
            index=int(row["id"][4:]),
        )
        for row in rows
    ]


@pytest.fixture(scope="session")
def gold_folds(gold: list[LabeledSentence]) -> Folds:
    return split(gold, SplitSettings(), seed=0)


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return Codebook(
        name="small",
        version="1",
        tasks={
            "stance": Task(labels={"against": "", "favor": "", "neutral": ""}),
            "frame": Task(labels={"x": "", "y": ""}),
        },
    )


@pytest.fixture
def settings() -> SplitSettings:
    return SplitSettings(folds=3, block_size=5, whole_document_limit=10)


@pytest.fixture(scope="session")
def corpus() -> list[LabeledSentence]:
    """A long document (40 sentences), two short ones (6 each) and three composed sentences, none like another."""
    rng = random.Random(0)
    stances, frames = ("against", "favor", "neutral"), ("x", "y")
    made = []
    for document, length in (("long", 40), ("a", 6), ("b", 6), (None, 3)):
        for index in range(length):
            text = " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(8))
            labels = {"stance": stances[index % 3], "frame": frames[index % 2]}
            identifier = f"{document or 'c'}-{index}"
            made.append(
                LabeledSentence(
                    identifier,
                    text,
                    labels,
                    document,
                    index,
                    composed=document is None,
                    target=f"target {document}" if document else "",
                    part=PARTS.get(document, ""),
                )
            )
    return made
