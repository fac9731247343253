"""The later collections of composed sentences are what their accounts say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest

from pipeline.records import LabeledSentence
from pipeline.splitting import near_duplicates_of

TASKS = ("stance", "frame", "holder")
ALONE = {"composed2": "d", "composed3": "e"}
"""What the ids of sentences that stand alone begin with, a collection."""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=ALONE)
def folder(request: pytest.FixtureRequest, root: Path) -> Path:
    return root / "data/annotations" / str(request.param)


@pytest.fixture(scope="module")
def sentences(folder: Path) -> list[dict[str, Any]]:
    return rows(folder / "sentences.jsonl")


@pytest.fixture(scope="module")
def passes(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {"writer": {}, "blind": {}}
    for row in rows(folder / "passes.jsonl"):
        found[row["annotator"]][row["id"]] = row
    return found


def test_a_label_is_one_that_both_passes_gave(
    folder: Path, sentences: list[dict[str, Any]], passes: dict[str, Any]
) -> None:
    assert len({row["id"] for row in sentences}) == len(sentences) == len(passes["writer"]) == len(passes["blind"])
    for row in sentences:
        writer, blind = passes["writer"][row["id"]], passes["blind"][row["id"]]
        agreed = {task: writer[task] if writer[task] == blind[task] else None for task in TASKS}
        assert {task: row[task] for task in TASKS} == agreed
        if row["id"].startswith(ALONE[folder.name]):
            assert row["stance"]


def test_the_account_tells_the_agreement_and_the_counts(
    folder: Path, sentences: list[dict[str, Any]], passes: dict[str, Any]
) -> None:
    readme = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
    assert f"{len(sentences):,} sentences for training" in readme
    for task in TASKS:
        given = [[passes[name][row["id"]][task] for row in sentences] for name in ("writer", "blind")]
        names = sorted({label for labels in given for label in labels if label})
        coded = [[names.index(label) if label else np.nan for label in labels] for labels in given]
        share = np.mean([first == second for first, second in zip(*given, strict=True)])
        alpha = krippendorff.alpha(reliability_data=coded, level_of_measurement="nominal")
        assert f"| {task} | {share:.3f} | {alpha:.3f} |" in readme
        counts = {label: sum(row[task] == label for row in sentences) for label in names}
        for label, count in counts.items():
            assert f"{label} {count}" in readme


def test_none_is_nearly_what_models_are_tested_on(root: Path, sentences: list[dict[str, Any]]) -> None:
    written = [LabeledSentence(row["id"], row["text"], {}) for row in sentences]
    tested = [
        LabeledSentence(f"tested {row['id']}", row["text"], {})
        for name in ("gold", "challenge")
        for row in rows(root / "data/annotations/v1" / f"{name}.jsonl")
    ]
    assert near_duplicates_of(written, tested, 0.6) == ()
    assert near_duplicates_of([replace(tested[0], id="copy")], tested, 0.6) == ("copy",)


def test_no_two_collections_share_an_id_or_a_text(root: Path) -> None:
    files = ["v1/composed.jsonl", *(f"{name}/sentences.jsonl" for name in ALONE)]
    found = [row for file in files for row in rows(root / "data/annotations" / file)]
    assert len({row["id"] for row in found}) == len(found)
    assert len({row["text"].casefold() for row in found}) == len(found)
