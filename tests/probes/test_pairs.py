"""Minimal pairs are read strictly, and none may be known to a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import DataError, LeakageError
from pipeline.probes.pairs import read_pairs, refuse_known
from pipeline.records import LabeledSentence

BOOK = Codebook(
    "tiny",
    "1",
    tasks={
        "stance": Task(labels=dict.fromkeys(("against", "favor"), "")),
        "frame": Task(labels=dict.fromkeys(("security", "none"), "")),
        "holder": Task(labels=dict.fromkeys(("one", "other"), "")),
    },
)
ROW: dict[str, Any] = {"pair": "p1", "type": "negation", "expect": "stance_flips", "stance": "favor", "frame": None}
REPOSITORY = Path(__file__).parents[2]


def write(folder: Path, *rows: dict[str, Any]) -> str:
    made = [{**ROW, "id": f"s{number}", "text": f"Text {number}.", **row} for number, row in enumerate(rows)]
    (folder / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))
    return "pairs.jsonl"


def test_a_pair_is_read_with_what_is_expected_of_it(tmp_path: Path) -> None:
    name = write(tmp_path, {"text": "It is  one."}, {"stance": "against"})
    (pair,) = read_pairs(tmp_path, name, BOOK)
    assert (pair.id, pair.kind, pair.expect, pair.tasks, pair.same) == (
        "p1",
        "negation",
        "stance_flips",
        ("stance",),
        False,
    )
    assert pair.sentences[0].text == "It is one."
    assert pair.sentences[0].labels == {"stance": "favor", "frame": None, "holder": None}


@pytest.mark.parametrize(
    ("expect", "tasks", "same"),
    [
        ("frame_changes", ("frame",), False),
        ("stance_same", ("stance",), True),
        ("both_same", ("stance", "frame"), True),
    ],
)
def test_expectations(tmp_path: Path, expect: str, tasks: tuple[str, ...], same: bool) -> None:
    (pair,) = read_pairs(tmp_path, write(tmp_path, {"expect": expect}, {"expect": expect}), BOOK)
    assert (pair.tasks, pair.same) == (tasks, same)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{}], "pairs.jsonl:1: pair 'p1' has 1 sentences; it needs two"),
        ([{}, {}, {}], "pairs.jsonl:1: pair 'p1' has 3 sentences; it needs two"),
        ([{}, {"id": "s0"}], "pairs.jsonl:2: duplicate id 's0', first at pairs.jsonl:1"),
        ([{}, {"type": "voice"}], "pairs.jsonl:2: pair 'p1' has 'type' 'voice' here, 'negation' before"),
        ([{"expect": "mood_flips"}, {"expect": "mood_flips"}], "pairs.jsonl:1: 'expect' is 'mood_flips'"),
        ([{"expect": "stance_melts"}, {"expect": "stance_melts"}], "pairs.jsonl:1: 'expect' is 'stance_melts'"),
        ([{}, {"stance": "maybe"}], "pairs.jsonl:2: unknown stance label 'maybe'; codebook tiny/1 has against, favor"),
        ([{"text": " "}, {}], "pairs.jsonl:1: 'text' is ' '; it must be a text that is not empty"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_pairs(tmp_path, write(tmp_path, *rows), BOOK)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sentence_that_is_trained_on_is_refused(tmp_path: Path) -> None:
    text = "The committee rejects the report of the inquiry."
    pairs = read_pairs(tmp_path, write(tmp_path, {"text": text}, {}), BOOK)
    known = [LabeledSentence("q1", text.replace("rejects", "Rejects"), {}, composed=True)]
    with pytest.raises(LeakageError, match="the first 's0'"):
        refuse_known(pairs, known, 0.8)
    refuse_known(pairs, known, 0.0)
    refuse_known(pairs, [LabeledSentence("q2", "Something else altogether.", {})], 0.8)
