"""The published annotations, with sentences as ingest should make them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.codebook import Codebook, Task
from pipeline.records import Sentence

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    raw: dict[str, Any] = yaml.safe_load((ROOT / "configs/codebook/human_rights_v1.yaml").read_text(encoding="utf-8"))
    raw.pop("defaults", None)
    tasks = {name: Task(**task) for name, task in raw.pop("tasks").items()}
    return Codebook(**raw, tasks=tasks)


@pytest.fixture(scope="session")
def gold_rows() -> list[dict[str, Any]]:
    lines = (ROOT / "data/annotations/v1/gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def sentences(gold_rows: list[dict[str, Any]]) -> list[Sentence]:
    made: list[Sentence] = []
    for row in gold_rows:
        document = row["id"][:3]
        index = sum(sentence.document == document for sentence in made)
        made.append(Sentence(f"{document}:{index}", document, index, row["text"], 0, len(row["text"]), section="s"))
    return made


@pytest.fixture(scope="session")
def documents(gold_rows: list[dict[str, Any]]) -> dict[str, str]:
    return {f"data/raw/{row['source']}": row["id"][:3] for row in gold_rows}
