"""What can be read, and what is said about what cannot."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from pipeline.errors import DataError
from pipeline.inference.items import Item, Rejection
from pipeline.inference.rows import TableColumns, count_rows, read_lines
from pipeline.inference.sources import Sources, find_paths


def items(*paths: Path, split: bool = False, column: str = "text") -> list[Item]:
    return [unit for unit in Sources([], paths, TableColumns(column), split).units() if isinstance(unit, Item)]


def rejections(*paths: Path) -> list[tuple[int | None, str]]:
    return [(unit.line, unit.reason) for unit in Sources([], paths).units() if isinstance(unit, Rejection)]


def test_json_lines_keep_their_ids_and_places(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [
        {"id": "a7", "text": "One.", "document": "d", "start": 3, "end": 7, "page": 2},
        {"text": "Two.", "page": "x"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    assert items(path) == [Item("a7", "One.", "", "d", 3, 7, 2), Item("rows:2", "Two.")]


def test_broken_json_lines_are_rejected_with_number_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(
        b'{"text": "One."}\n{"text": \n[1]\n{"text": 7}\n{"other": "x"}\n{"text": " "}\n{"text": "caf\xe9"}\n'
        b'{"text": "\\ud800"}\n{"text": "Nine."}\n'
    )
    assert [item.text for item in items(path)] == ["One.", "Nine."]
    found = rejections(path)
    assert [line for line, _ in found] == [2, 3, 4, 5, 6, 7, 8]
    for (_, reason), part in zip(
        found, ["no JSON", "holds list", "but int", "but nothing", "is empty", "byte 14", "surrogate"], strict=True
    ):
        assert part in reason


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ","), (".tsv", "\t")])
def test_separated_tables(tmp_path: Path, suffix: str, separator: str) -> None:
    path = tmp_path / f"rows{suffix}"
    lines = [["id", "text"], ["a", '"One, two\nthree"'], ["b"], ["c", ""], ["d", "caf\udce9"], ["e", "Five."]]
    path.write_text("\ufeff" + "\n".join(separator.join(line) for line in lines), "utf-8", "surrogateescape")
    assert [(item.id, item.text) for item in items(path)] == [("a", "One, two\nthree"), ("e", "Five.")]
    found = rejections(path)
    assert [line for line, _ in found] == [4, 5, 6]
    assert [part in reason for (_, reason), part in zip(found, ["1 fields", "empty", "not UTF-8"], strict=True)] == [
        True
    ] * 3


def test_parquet_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"body": ["One.", None, "Three."], "id": [5, 6, 7]}), path)
    assert [(item.id, item.text) for item in items(path, column="body")] == [("5", "One."), ("7", "Three.")]
    assert count_rows(path) == 3
    path.write_bytes(b"PAR1 but not really")
    with pytest.raises(DataError, match="no readable Parquet file"):
        items(path)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv"])
def test_a_wrong_text_column_is_told_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text('{"body": "One."}\n' if name.endswith("jsonl") else "body\nOne.\n")
    with pytest.raises(DataError, match="no column 'text' among body; name the right one with --text-column"):
        items(path)


def test_an_empty_csv_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("")
    with pytest.raises(DataError, match="is empty"):
        items(tmp_path / "rows.csv")


def test_rows_can_be_split(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    text = "We oppose it. They support it."
    path.write_text(json.dumps({"id": "a", "text": text}))
    first, second = items(path, split=True)
    assert (first.id, first.text, first.document, first.context) == ("a:1", "We oppose it.", "a", "")
    assert (second.text, second.context) == ("They support it.", "We oppose it.")
    assert text[second.start : second.end] == second.text


@pytest.mark.parametrize("split", [False, True])
def test_rows_bring_their_target_and_what_stands_before_them(tmp_path: Path, split: bool) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,about,before\nNever.,China,Will you vote?\nAlways.,,\n")
    columns = TableColumns(target="about", context="before")
    found = list(Sources([], [path], columns, split, target="Iran").units())
    assert [(unit.text, unit.target, unit.context) for unit in found if isinstance(unit, Item)] == [
        ("Never.", "China", "Will you vote?"),
        ("Always.", "Iran", ""),
    ]
    with pytest.raises(DataError, match=r"no column 'prior' among text, about, before; .* with --context-column"):
        list(Sources([], [path], TableColumns(context="prior")).units())


def test_a_document_is_split_with_offsets(tmp_path: Path) -> None:
    path = tmp_path / "speech.txt"
    path.write_text("We oppose the resolution. It is interference.\n\nThey support the victims.\n")
    found = items(path)
    assert [item.text for item in found] == [
        "We oppose the resolution.", "It is interference.", "They support the victims.",
    ]  # fmt: skip
    assert {item.document for item in found} == {"speech.txt"}
    assert all(path.read_text()[item.start : item.end] == item.text for item in found)
    assert found[1].context == "We oppose the resolution."


def test_one_unreadable_document_among_several_is_put_aside(tmp_path: Path) -> None:
    bad, good = tmp_path / "a.txt", tmp_path / "b.txt"
    bad.write_bytes(b"caf\xe9 is no UTF-8 text.")
    good.write_text("We oppose the resolution.")
    with pytest.raises(DataError, match="byte 3"):
        items(bad)
    assert [item.text for item in items(bad, good)] == ["We oppose the resolution."]
    ((line, reason),) = rejections(bad, good)
    assert line is None
    assert "byte 3" in reason


def test_standard_input_is_a_sentence_a_line() -> None:
    stream = io.BytesIO("\ufeffOne.\n\n  Three. \r\n".encode() + b"caf\xe9\nFive.")
    found = list(read_lines(stream, "standard input"))
    assert [(unit.id, unit.text) for unit in found if isinstance(unit, Item)] == [
        ("1", "One."), ("3", "Three."), ("5", "Five."),
    ]  # fmt: skip
    assert [unit.line for unit in found if isinstance(unit, Rejection)] == [4]


def test_folders_and_globs(tmp_path: Path) -> None:
    for name in ("b.txt", "a.csv", "c.docx", ".hidden.txt", "sub/d.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text")
    assert [path.name for path in find_paths([str(tmp_path)])] == ["a.csv", "b.txt", "d.html"]
    assert [path.name for path in find_paths([str(tmp_path / "*.txt"), str(tmp_path / "b.txt")])] == ["b.txt"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("none.txt", "no such file"), ("c.docx", "no reader for .docx"), ("*.pdf", "no such file"), ("sub", "no file")],
)
def test_a_path_that_names_nothing_readable_is_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "c.docx").write_text("")
    (tmp_path / "sub").mkdir()
    with pytest.raises(DataError, match=message):
        find_paths([str(tmp_path / name)])


def test_the_fingerprint_notices_a_changed_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "One."}\n')
    before = Sources([], [path]).fingerprint()
    path.write_text('{"text": "Two."}\n')
    assert Sources([], [path]).fingerprint() != before
