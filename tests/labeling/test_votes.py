"""Votes from files join the others, and what cannot be placed is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import DataError
from pipeline.labeling.labeling import label
from pipeline.labeling.version_maps import read_version_maps
from pipeline.labeling.votes import read_votes
from pipeline.records import Sentence, Vote, VoteKind
from pipeline.settings.labeling import LabelingSettings

BOOK = Codebook("toy", "2", tasks={"stance": Task(labels={"against": "", "favor": ""})})
SENTENCES = [Sentence(f"d-{number}", "d", number, f"Text {number}.", 0, 1) for number in range(3)]
GOOD = {"sentence": "d-0", "task": "stance", "label": "favor", "annotator": "ann", "kind": "human", "codebook": "toy/2"}


def write(folder: Path, *rows: dict[str, Any]) -> None:
    (folder / "votes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def read(folder: Path, maps: dict[str, str] | None = None) -> list[Vote]:
    found = read_version_maps(folder, maps or {}, BOOK)
    return read_votes(folder, ["votes.jsonl"], {sentence.id for sentence in SENTENCES}, BOOK, found)


def test_votes_become_labels_and_are_kept(tmp_path: Path) -> None:
    others = [GOOD | {"annotator": name, "label": given} for name, given in (("bob", "favor"), ("eve", "against"))]
    skipped = GOOD | {"sentence": "d-1", "label": None}
    decided = GOOD | {"sentence": "d-2", "kind": "adjudicated", "time": "2025-01-31T12:00:00Z"}
    write(tmp_path, GOOD, *others, skipped, decided, decided | {"kind": "human", "label": "against"})
    settings = LabelingSettings(gold="", passes="", composed=[], votes=["votes.jsonl"], bootstrap=100)
    result = label(SENTENCES, {"d.txt": "d"}, settings, BOOK, tmp_path, seed=0)
    first, last = result.labeled
    assert (first.labels, first.provenance) == ({"stance": "favor"}, {"stance": "human: majority of 2 in 3"})
    assert first.confidence == {"stance": pytest.approx(2 / 3)}
    assert (last.labels, last.provenance, last.confidence) == ({"stance": "favor"}, {"stance": "adjudicated:ann"}, {})
    assert len(result.votes) == 6
    assert result.unlabeled == ("d-1",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sentence": "x-9"}, "votes.jsonl:2: sentence 'x-9' is not in this corpus"),
        ({"task": "tone"}, "votes.jsonl:2: unknown task 'tone'"),
        ({"label": "hostile"}, "votes.jsonl:2: unknown stance label 'hostile'"),
        ({"kind": "oracle"}, "votes.jsonl:2: unknown kind 'oracle'"),
        ({"kind": "composed"}, "votes.jsonl:2: unknown kind 'composed'"),
        ({"annotator": "gold"}, "votes.jsonl:2: annotator 'gold' is reserved"),
        ({"annotator": ""}, "votes.jsonl:2: 'annotator' is ''"),
        ({"codebook": "toy/1"}, "votes.jsonl:2: the vote follows codebook toy/1, this run toy/2"),
        ({"time": "yesterday"}, "votes.jsonl:2: time 'yesterday' is not in ISO 8601"),
        ({"note": "hm"}, "votes.jsonl:2: unknown field 'note'"),
        ({"label": "against"}, "votes.jsonl:2: ann voted on stance of 'd-0' without a time at votes.jsonl:1"),
    ],
)
def test_a_vote_that_cannot_be_placed_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    write(tmp_path, GOOD, GOOD | change)
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_second_label_is_a_vote_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, GOOD, GOOD | {"task": "stance2", "label": "against"})
    assert [(vote.task, vote.label) for vote in read(tmp_path)] == [("stance", "favor"), ("stance2", "against")]


@pytest.mark.parametrize(
    "mapping",
    [
        {"tone": {"contra": "against"}, "stance": {"contra": "against", "pro": "favor", "mixed": None}},
        {
            "from": "toy/1",
            "to": "toy/2",
            "tasks": {"tone": None, "stance": {"labels": {"contra": "against", "pro": "favor", "mixed": None}}},
        },
    ],
    ids=["plain", "drafted"],
)
def test_votes_by_an_older_codebook_are_read_through_a_map(tmp_path: Path, mapping: dict[str, Any]) -> None:
    if "from" not in mapping:
        mapping = {"stance": mapping["stance"]}
    (tmp_path / "map.yaml").write_text(json.dumps(mapping))
    old = GOOD | {"codebook": "toy/1"}
    write(tmp_path, old | {"label": "contra"}, old | {"sentence": "d-1", "label": "mixed"}, GOOD | {"sentence": "d-2"})
    found = read(tmp_path, {"toy/1": "map.yaml"})
    assert [(vote.label, vote.codebook) for vote in found] == [
        ("against", "toy/1"),
        (None, "toy/1"),
        ("favor", "toy/2"),
    ]
    assert {vote.kind for vote in found} == {VoteKind.HUMAN}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"stance": {"pro": "favor"}}, "votes.jsonl:1: map.yaml does not say what stance 'contra' became"),
        ({}, "votes.jsonl:1: map.yaml does not say what task 'stance' became"),
        ({"stance": {"contra": "hostile"}}, "map.yaml: maps stance 'contra' to 'hostile'; toy/2 has against, favor"),
        ({"tone": {"contra": "against"}}, "map.yaml: toy/2 has no task 'tone'"),
        ({"stance": ["contra"]}, "map.yaml: task 'stance' must be a mapping"),
        ([], "map.yaml: must map each task"),
        ({"from": "toy/0", "to": "toy/2", "tasks": {}}, "map.yaml: leads from toy/0 to toy/2"),
    ],
)
def test_a_map_must_say_what_every_label_became(tmp_path: Path, mapping: Any, message: str) -> None:
    (tmp_path / "map.yaml").write_text(json.dumps(mapping))
    write(tmp_path, GOOD | {"codebook": "toy/1", "label": "contra"})
    with pytest.raises(DataError, match=message):
        read(tmp_path, {"toy/1": "map.yaml"})
