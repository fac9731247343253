"""Labelled data sets in the formats that people publish them in: what is read, and what is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from pipeline.errors import ConfigError, DataError
from pipeline.ingest import Corpus, ingest, input_files
from pipeline.settings.corpus import CorpusSettings
from pipeline.settings.table import TableColumns, TableFile, TableSettings

ROWS = [
    {"tweet": "Leave the lake alone!", "stand": "CON", "topic": "dams", "thread": "t1", "fold": "Train"},
    {"tweet": "Dams give us light,\nand work.", "stand": "PRO", "topic": "dams", "thread": "t1", "fold": "train"},
    {"tweet": 'They call it "progress"', "stand": "CON", "topic": "roads", "thread": "t2", "fold": "dev"},
    {"tweet": "Zażółć gęślą jaźń ", "stand": "", "topic": "roads", "thread": "", "fold": "test"},
]
COLUMNS = TableColumns("tweet", {"stance": "stand"}, target="topic", group="thread", part="fold")
LABELS = {"stance": {"CON": "against", "PRO": "favor"}}


def read(
    root: Path, *files: TableFile, columns: TableColumns = COLUMNS, encoding: str = "utf-8", **more: Any
) -> Corpus:
    table = TableSettings(files=list(files), columns=columns, labels=dict(LABELS), **more)
    return ingest(CorpusSettings(name="tiny", table=table, encoding=encoding), root)


def write_separated(path: Path, delimiter: str, encoding: str = "utf-8") -> None:
    def quoted(value: str) -> str:
        return f'"{value.replace(chr(34), chr(34) * 2)}"'

    lines = [delimiter.join(ROWS[0]), *(delimiter.join(map(quoted, row.values())) for row in ROWS)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same rows in every format."""
    write_separated(tmp_path / "rows.csv", ",")
    write_separated(tmp_path / "rows.tsv", "\t")
    write_separated(tmp_path / "semicolons.csv", ";")
    write_separated(tmp_path / "wide.csv", ",", "utf-16")
    lines = [{key: value or None for key, value in row.items()} for row in ROWS]
    (tmp_path / "rows.jsonl").write_text("\ufeff" + "\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    parquet.write_table(pa.Table.from_pylist(lines), tmp_path / "rows.parquet")
    Dataset.from_list(lines).save_to_disk(str(tmp_path / "saved"))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "more"),
    [
        (TableFile("rows.csv"), {}),
        (TableFile("rows.tsv"), {}),
        (TableFile("semicolons.csv"), {"delimiter": ";"}),
        (TableFile("wide.csv"), {"encoding": "utf-16"}),
        (TableFile("rows.jsonl"), {}),
        (TableFile("rows.parquet"), {}),
        (TableFile(dataset="saved"), {}),
    ],
    ids=lambda value: value.name if isinstance(value, TableFile) else "",
)
def test_every_format_gives_the_same_rows(folder: Path, file: TableFile, more: dict[str, Any]) -> None:
    corpus = read(folder, file, **more)
    assert [one.text for one in corpus.sentences] == [" ".join(row["tweet"].split()) for row in ROWS]
    assert [row.labels["stance"] for row in corpus.rows] == ["against", "favor", "against", None]
    assert [row.target for row in corpus.rows] == ["dams", "dams", "roads", "roads"]
    assert [row.part for row in corpus.rows] == ["train", "train", "development", "test"]
    assert [row.group for row in corpus.rows] == ["t1", "t1", "t2", corpus.sentences[3].id]
    [document] = corpus.documents
    assert [document.text[one.start : one.end] for one in corpus.sentences] == [row["tweet"] for row in ROWS]


def test_text_and_label_files_with_a_target_and_a_part_each(tmp_path: Path) -> None:
    for target in ("dams", "roads"):
        (tmp_path / target).mkdir()
        for part in ("train", "val"):
            (tmp_path / target / f"{part}_text.txt").write_text(
                f"No {target}.\nA\u2028line of {part} \n\nMore {target}\n"
            )
            (tmp_path / target / f"{part}_labels.txt").write_text("1\n0\n2\n2\n")
    files = [
        TableFile(f"{target}/{part}_text.txt", labels={"stance": f"{target}/{part}_labels.txt"}, target=name, part=part)
        for target, name in (("dams", "Big  dams"), ("roads", "roads"))
        for part in ("train", "val")
    ]
    table = TableSettings(files=files, labels={"stance": {0: None, 1: "against", 2: "favor"}})
    settings = CorpusSettings(name="tiny", table=table)
    corpus = ingest(settings, tmp_path)
    assert [row.labels["stance"] for row in corpus.rows[:3]] == ["against", None, "favor"]
    assert {row.target for row in corpus.rows} == {"Big dams", "roads"}
    assert [row.part for row in corpus.rows[:6]] == ["train"] * 3 + ["development"] * 3
    assert corpus.sentences[1].text == "A line of train"
    assert corpus.rows[2].place == "dams/train_text.txt:4"
    assert len(corpus.skipped) == 4
    assert "1 rows without text were put aside in skipped.jsonl, the first in line 3" in corpus.warnings[0]
    assert len(input_files(settings, tmp_path)) == 8


def test_a_data_set_has_names_for_its_labels_and_parts_for_its_splits(tmp_path: Path) -> None:
    features = Features({"text": Value("string"), "label": ClassLabel(names=["none", "CON", "PRO"])})
    parts = {"train": ["a b", "c d"], "validation": ["e"], "test": ["f"]}
    made = {
        part: Dataset.from_dict({"text": texts, "label": [1, 2][: len(texts)]}, features=features)
        for part, texts in parts.items()
    }
    DatasetDict(made).save_to_disk(str(tmp_path / "saved"))
    columns = TableColumns(labels={"stance": "label"})
    corpus = read(tmp_path, TableFile(dataset="saved"), columns=columns)
    assert [row.labels["stance"] for row in corpus.rows] == ["against", "favor", "against", "against"]
    assert [row.part for row in corpus.rows] == ["train", "train", "development", "test"]
    [one] = read(tmp_path, TableFile(dataset="saved", split="test", part="train"), columns=columns).rows
    assert one.part == "train"
    with pytest.raises(DataError, match=r"no split 'dev'; there are train, validation, test"):
        read(tmp_path, TableFile(dataset="saved", split="dev"), columns=columns)


def test_tweets_with_lone_quotes_are_read_without_quoting(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('tweet\tstand\n"no way\tCON\n5" screen\tPRO\n')
    columns = TableColumns("tweet", {"stance": "stand"})
    corpus = read(tmp_path, TableFile("a.tsv"), columns=columns, quotes=False)
    assert [one.text for one in corpus.sentences] == ['"no way', '5" screen']
    with pytest.raises(DataError, match=r"^a.tsv:\d: no row of a table .* see corpus.table.quotes$"):
        read(tmp_path, TableFile("a.tsv"), columns=columns)


def test_ids_contexts_and_numbers_beside_missing_values(tmp_path: Path) -> None:
    rows = [{"text": "a", "y": 1.0, "key": "r1", "before": " x  y "}, {"text": "b", "y": float("nan"), "key": "r2"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    columns = TableColumns(labels={"stance": "y"}, id="key", context="before")
    table = TableSettings(files=[TableFile("a.jsonl")], columns=columns, labels={"stance": {1: "favor"}})
    corpus = ingest(CorpusSettings(name="tiny", table=table), tmp_path)
    assert [(row.sentence, row.labels["stance"], row.context) for row in corpus.rows] == [
        ("r1", "favor", "x y"),
        ("r2", None, ""),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"tweet,stand\na,CON\nb\n", r"a.csv:3: 1 fields where the header has 2"),
        (b"tweet,stand\na,CON\n\xe4,PRO\n", r"a.csv:3: byte 18 \(0xe4\) is not utf-8; set corpus.encoding"),
        (
            b"tweet,side\na,CON\n",
            r"a.csv:2: no column 'stand' among tweet, side; set corpus.table.columns.labels.stance",
        ),
        (b"tweet,tweet\na,CON\n", r"a.csv:1: two columns are called 'tweet'"),
        (b"tweet,stand\na\0,CON\n", r"a.csv:2: holds a NUL character"),
        (b"tweet,stand\n", r"a.csv: holds no rows"),
        (b"", r"a.csv: the file is empty"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read(tmp_path, TableFile("a.csv"), columns=TableColumns("tweet", {"stance": "stand"}))
    assert "\n" not in str(caught.value)


def test_broken_rows_of_other_formats(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a", "y": "x"}\n{"text": 3, "y": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "a", "y": "x"}\nnot json\n')
    (tmp_path / "c.jsonl").write_text('{"text": "a", "y": ["x"]}\n')
    (tmp_path / "d.parquet").write_bytes(b"PAR1 but no more")
    (tmp_path / "e.txt").write_text("one\ntwo\n")
    (tmp_path / "e_labels.txt").write_text("CON\n")
    columns = TableColumns(labels={"stance": "y"})
    for file, message in (
        (TableFile("a.jsonl"), r"^a.jsonl:2: 'text' holds int, not a text"),
        (TableFile("b.jsonl"), r"^b.jsonl:2: no JSON"),
        (TableFile("c.jsonl"), r"^c.jsonl:1: 'y' holds a list"),
        (TableFile("d.parquet"), r"^d.parquet: no readable Parquet file"),
        (TableFile("e.txt", labels={"stance": "e_labels.txt"}), r"^e.txt:2: e_labels.txt ends before this line"),
        (TableFile("f.csv"), r"f.csv: no such file"),
    ):
        with pytest.raises(DataError, match=message):
            read(tmp_path, file, columns=columns)


def test_unknown_parts_and_repeated_ids_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,y,part,key\na,CON,train,1\nb,CON,extra,2\n")
    (tmp_path / "b.csv").write_text("text,y,part,key\na,CON,train,1\nb,CON,dev,1\n")
    columns = TableColumns(labels={"stance": "y"}, id="key", part="part")
    with pytest.raises(DataError, match=r"a.csv:3: unknown part 'extra'; say under corpus.table.parts"):
        read(tmp_path, TableFile("a.csv"), columns=columns)
    assert read(tmp_path, TableFile("a.csv"), columns=columns, parts={"extra": "train"}).rows[1].part == "train"
    with pytest.raises(DataError, match=r"b.csv:3: id '1' is already that of b.csv:2"):
        read(tmp_path, TableFile("b.csv"), columns=columns)


def test_a_missing_folder_says_what_to_set(tmp_path: Path) -> None:
    settings = CorpusSettings(name="t", table=TableSettings("", [TableFile("a.csv")], COLUMNS))
    with pytest.raises(DataError, match=r"corpus.table.folder is empty; .* the folder that holds a.csv"):
        ingest(settings, tmp_path)
    with pytest.raises(DataError, match=r"b.csv: no such file; correct corpus.table.folder"):
        input_files(CorpusSettings(name="t", table=TableSettings(".", [TableFile("b.csv")], COLUMNS)), tmp_path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TableFile(), "names one of them"),
        (lambda: TableFile("a.csv", labels={"stance": "b.txt"}), "go with a text file only"),
        (lambda: TableSettings(files=[TableFile("a.csv")]), "corpus.table.columns.labels is empty"),
        (lambda: TableSettings(files=[TableFile("a.csv")], columns=COLUMNS, labels={"s": {False: "x"}}), "in quotes"),
        (lambda: TableSettings(files=[TableFile("a.csv")], columns=COLUMNS, parts={"a": "b"}), "corpus.table.parts"),
        (
            lambda: CorpusSettings(files=["a"], table=TableSettings(files=[TableFile("a.csv")], columns=COLUMNS)),
            "together",
        ),
    ],
)
def test_impossible_settings_are_named(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
