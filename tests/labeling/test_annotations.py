"""Annotation files: what they give, and what they are refused for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import DataError
from pipeline.labeling.annotations import Annotation, read_composed, read_gold, read_passes
from pipeline.records import VoteKind

GOOD = {"id": "a", "source": "d.txt", "text": "One  two.\n", "stance": "favor", "frame": "security", "holder": "un"}
Reader = Callable[[Path, str, Codebook], list[Annotation]]


def write(folder: Path, *lines: dict[str, Any] | bytes) -> None:
    encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    (folder / "file.jsonl").write_bytes(b"\n".join(encoded))


def test_a_gold_row_becomes_resolved_votes_with_folded_text(tmp_path: Path, codebook: Codebook) -> None:
    write(tmp_path, {**GOOD, "frame2": "dialogue"})
    [row] = read_gold(tmp_path, "file.jsonl", codebook)
    assert row.text == "One two."
    votes = row.votes("000:0", codebook)
    assert [(vote.task, vote.label) for vote in votes] == [
        ("stance", "favor"),
        ("frame", "security"),
        ("holder", "un"),
        ("frame2", "dialogue"),
    ]
    assert {(vote.sentence, vote.annotator, vote.kind, vote.codebook) for vote in votes} == {
        ("000:0", "gold", VoteKind.RESOLVED, codebook.identifier)
    }


def test_a_missing_task_casts_no_vote_and_a_null_one_abstains(tmp_path: Path, codebook: Codebook) -> None:
    write(tmp_path, {"id": "a", "annotator": "pass_1", "stance": None, "frame": "none", "tone": "angry"})
    [row] = read_passes(tmp_path, "file.jsonl", codebook)
    assert [(vote.task, vote.label) for vote in row.votes("x", codebook)] == [("stance", None), ("frame", "none")]


def test_a_codebook_with_other_tasks_takes_only_its_own(tmp_path: Path) -> None:
    tone = Codebook(name="tone", version="1", tasks={"tone": Task(labels={"calm": "", "angry": ""})})
    write(tmp_path, {**GOOD, "stance": "no label of any codebook", "tone": "calm"})
    [row] = read_gold(tmp_path, "file.jsonl", tone)
    assert row.labels == {"tone": "calm"}


def test_a_second_label_is_a_task_where_the_codebook_says_so(tmp_path: Path) -> None:
    labels = {"x": "", "y": ""}
    both = Codebook(name="both", version="1", tasks={"frame": Task(labels=labels), "frame2": Task(labels=labels)})
    write(tmp_path, {"id": "a", "annotator": "p", "frame": "x", "frame2": None})
    [row] = read_passes(tmp_path, "file.jsonl", both)
    assert (row.labels, row.seconds) == ({"frame": "x", "frame2": None}, {})


def test_blank_lines_a_byte_order_mark_and_line_separators_inside_text_are_read(
    tmp_path: Path, codebook: Codebook
) -> None:
    text = json.dumps({**GOOD, "text": "One\u2028two."}, ensure_ascii=False).encode()
    (tmp_path / "file.jsonl").write_bytes(b"\xef\xbb\xbf" + text + b"\r\n\n")
    [row] = read_gold(tmp_path, "file.jsonl", codebook)
    assert (row.text, row.place) == ("One two.", "file.jsonl:1")


def test_composed_rows_keep_passage_and_register(tmp_path: Path, codebook: Codebook) -> None:
    isolated = {"id": "c1", "passage": None, "register": "un", "text": "A.", "stance": "favor"}
    write(tmp_path, isolated, {**isolated, "id": "q1-0", "passage": "q1"})
    rows = read_composed(tmp_path, ["file.jsonl"], codebook)
    assert [(row.passage, row.register, row.kind) for row in rows] == [
        (None, "un", VoteKind.COMPOSED),
        ("q1", "un", VoteKind.COMPOSED),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({**GOOD, "id": "b", "stance": "agianst"}, r"file\.jsonl:2: unknown stance label 'agianst'.*against, favor"),
        ({**GOOD, "id": "b", "holder": ["un"]}, r"file\.jsonl:2: unknown holder label \['un'\]"),
        ({**GOOD, "id": "b", "frame2": "lens"}, r"file\.jsonl:2: unknown frame2 label 'lens'"),
        (GOOD, r"file\.jsonl:2: duplicate id 'a' of gold, first at file\.jsonl:1"),
        (b'{"id": "b", ', r"file\.jsonl:2: broken JSON"),
        (b"[" * 100_000, r"file\.jsonl:2: broken JSON \(nested too deeply\)"),
        (b'"text"', r"file\.jsonl:2: holds str"),
        (b'{"id": "\xe9"}', r"file\.jsonl:2: byte 8 of the line is not UTF-8"),
        ({**GOOD, "id": 7}, r"file\.jsonl:2: 'id' is 7"),
        ({**GOOD, "id": "b", "text": " "}, r"file\.jsonl:2: 'text' is ' '"),
        ({"id": "b", "text": "Two."}, r"file\.jsonl:2: 'source' is None"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(
    line: dict[str, Any] | bytes, message: str, tmp_path: Path, codebook: Codebook
) -> None:
    write(tmp_path, GOOD, line)
    with pytest.raises(DataError, match=message) as caught:
        read_gold(tmp_path, "file.jsonl", codebook)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reader", [read_gold, read_passes])
def test_a_missing_file_is_named(reader: Reader, tmp_path: Path, codebook: Codebook) -> None:
    with pytest.raises(DataError, match=r"absent\.jsonl: cannot be read"):
        reader(tmp_path, "absent.jsonl", codebook)
    with pytest.raises(DataError, match=r"absent\.jsonl: cannot be read"):
        read_composed(tmp_path, ["absent.jsonl"], codebook)


def test_one_annotator_may_label_a_sentence_once(tmp_path: Path, codebook: Codebook) -> None:
    row = {"id": "a", "annotator": "pass_1", "stance": "favor"}
    write(tmp_path, row, {**row, "annotator": "pass_2"}, {**row, "stance": "against"})
    with pytest.raises(DataError, match=r"file\.jsonl:3: duplicate id 'a' of pass_1"):
        read_passes(tmp_path, "file.jsonl", codebook)


def test_a_pass_may_not_call_itself_gold(tmp_path: Path, codebook: Codebook) -> None:
    write(tmp_path, {"id": "a", "annotator": "gold", "stance": "favor"})
    with pytest.raises(DataError, match=r"file\.jsonl:1: annotator 'gold' is reserved"):
        read_passes(tmp_path, "file.jsonl", codebook)
