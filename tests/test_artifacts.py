"""What is written can be read, and nothing half-written is found."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_records, sha256_file, sha256_json, write_json, write_records
from pipeline.errors import ArtifactError, DataError
from pipeline.records import Prediction, Sentence, Vote, VoteKind


def test_records_come_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    sentences = [
        Sentence("d-0", "d", 0, 'He said:\u2028"no" — 人权', 0, 12, page=2, section="II"),
        Sentence("d-1", "d", 1, "Second.", 13, 20),
    ]
    write_records(path, sentences)
    assert read_records(path, Sentence) == sentences
    predictions = [Prediction("d-0", "stance", "tfidf", 0, 1, (0.25, 0.75))]
    write_records(path, predictions)
    assert read_records(path, Prediction) == predictions


def test_a_vote_keeps_its_kind(tmp_path: Path) -> None:
    write_records(tmp_path / "votes.jsonl", [Vote("d-0", "stance", None, "pass_1", VoteKind.MODEL, "book/1")])
    assert read_records(tmp_path / "votes.jsonl", Vote)[0].kind == VoteKind.MODEL


def test_numbers_that_json_does_not_know_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "a.json", {"f1": math.nan})
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"f1": 1})
    tmp_path.joinpath("folder").mkdir()
    with pytest.raises(ArtifactError, match="nothing was replaced"):
        write_json(tmp_path / "folder", {"f1": 2})
    assert read_json(tmp_path / "a.json") == {"f1": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "folder"]


def test_broken_and_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"f1": ')
    with pytest.raises(ArtifactError, match=r"a\.json is not valid JSON"):
        read_json(tmp_path / "a.json")
    (tmp_path / "b.jsonl").write_text('{"sentence": "d-0"}\n')
    with pytest.raises(ArtifactError, match=r"b\.jsonl:1: not a Prediction"):
        read_records(tmp_path / "b.jsonl", Prediction)
    with pytest.raises(DataError, match="missing"):
        sha256_file(tmp_path / "none.txt")


def test_the_hash_of_json_ignores_the_order_of_keys() -> None:
    assert sha256_json({"a": 1, "b": [2]}) == sha256_json({"b": [2], "a": 1})
    assert sha256_json({"a": 1}) != sha256_json({"a": 2})
