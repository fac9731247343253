"""From rows to sentences: what a data set's columns mean, and what is wrong with a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.ingest.corpus import Corpus
from pipeline.ingest.readers.text import repaired
from pipeline.ingest.tables.files import TEXT, Row, read_json_lines, read_lines, read_parquet, read_separated
from pipeline.ingest.tables.hub import SPLIT, read_dataset, saved_folder
from pipeline.records import Document, Sentence, Skipped, TableRow
from pipeline.settings.corpus import CorpusSettings
from pipeline.settings.table import PARTS, TableColumns, TableFile, TableSettings

EMPTY = "empty_text"
"""Reason why a row without text is skipped."""
_PROBED = 100
"""Rows among which every column must occur once; JSON Lines may leave out what is null."""


def read_table(settings: CorpusSettings, root: Path) -> Corpus:
    """Read every file of `settings.table`, relative to its folder and that to `root`.

    A file is a document, whose text joins its rows by line feeds; a row is a sentence. Raises DataError, naming file
    and line, for what is missing or cannot be decoded, for a column that is not there, a value of the wrong kind, an
    unknown part and an id used twice. Rows without text are skipped and warned of.
    """
    table = _required(settings)
    folder = table_folder(table, root)
    table_files(settings, root)  # a missing file is told before any is read
    documents: list[Document] = []
    sentences: list[Sentence] = []
    rows: list[TableRow] = []
    skipped: list[Skipped] = []
    warnings: list[str] = []
    places: dict[str, str] = {}
    for file in table.files:
        made = _File(file, table, settings).read(_rows(file, table, folder, settings.encoding))
        for row in made.rows:
            if row.sentence in places:
                first = places[row.sentence]
                raise DataError(f"{row.place}: id {row.sentence!r} is already that of {first}; rename one")
            places[row.sentence] = row.place
        documents.append(made.document)
        sentences += made.sentences
        rows += made.rows
        skipped += made.skipped
        if made.skipped:
            warnings.append(
                f"{file.name}: {len(made.skipped)} rows without text were put aside in skipped.jsonl, the first in line"
                f" {made.first_skipped}"
            )
    return Corpus(tuple(documents), tuple(sentences), tuple(skipped), tuple(rows), tuple(warnings))


def table_files(settings: CorpusSettings, root: Path) -> list[Path]:
    """Every file that `read_table` reads, saved data sets file by file; raises DataError for a missing one."""
    table = _required(settings)
    folder = table_folder(table, root)
    found: dict[Path, None] = {}
    for file in table.files:
        if file.dataset:
            saved = saved_folder(file, folder)
            found |= dict.fromkeys(path for path in sorted(saved.rglob("*")) if path.is_file()) if saved else {}
            continue
        for name in (file.path, *file.labels.values()):
            if not (folder / name).is_file():
                raise DataError(f"{folder / name}: no such file; correct corpus.table.folder or corpus.table.files")
            found[folder / name] = None
    return list(found)


def table_folder(table: TableSettings, root: Path) -> Path:
    """Where the files are; raises DataError where no folder is set, or none is there."""
    if not table.folder:
        raise DataError(
            "corpus.table.folder is empty; set it, or the environment variable that the configuration takes it from,"
            f" to the folder that holds {table.files[0].name}"
        )
    folder = root / table.folder
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; correct corpus.table.folder")
    return folder


def _required(settings: CorpusSettings) -> TableSettings:
    if settings.table is None:
        raise DataError(f"corpus {settings.name} has no table; set corpus.table")
    return settings.table


def _rows(file: TableFile, table: TableSettings, folder: Path, encoding: str) -> Iterator[Row]:
    path, kind = folder / file.path, file.kind
    if kind == "dataset":
        return read_dataset(file, folder)
    if kind == "lines":
        return read_lines(folder, file, encoding)
    if kind == "jsonl":
        return read_json_lines(path, file.name, encoding)
    if kind == "parquet":
        return read_parquet(path, file.name)
    return read_separated(path, file.name, table, kind, encoding)


class _File:
    """The rows of one file, read one after the other."""

    def __init__(self, file: TableFile, table: TableSettings, settings: CorpusSettings) -> None:
        self.file, self.table, self.repair = file, table, settings.repair_mojibake
        self.columns = TableColumns(TEXT, {task: task for task in file.labels}) if file.labels else table.columns
        self.id = re.sub(r"\W+", "-", re.sub(r"\.\w+$", "", file.name)).strip("-")
        self.sentences: list[Sentence] = []
        self.rows: list[TableRow] = []
        self.skipped: list[Skipped] = []
        self.first_skipped = 0
        self._texts: list[str] = []
        self._length = 0

    @property
    def document(self) -> Document:
        """All rows as one text."""
        return Document(self.id, self.file.name, "\n".join(self._texts), kind="table")

    def read(self, rows: Iterator[Row]) -> _File:
        """Take in all rows, and return this."""
        first = list(islice(rows, _PROBED))
        if not first:
            raise DataError(f"{self.file.name}: holds no rows; fill it or leave it out of corpus.table.files")
        self._check_columns(first)
        for number, values in chain(first, rows):
            self._add(number, values)
        return self

    def _check_columns(self, rows: list[Row]) -> None:
        there = {str(column): None for _, values in rows for column in values if column != SPLIT}
        columns = self.columns
        named = {f"labels.{task}": column for task, column in columns.labels.items()}
        named |= {key: getattr(columns, key) for key in ("text", "id", "target", "context", "group", "part")}
        for key, column in named.items():
            if column and column not in there:
                raise DataError(
                    f"{self.file.name}:{rows[0][0]}: no column {column!r} among {', '.join(there)}; set"
                    f" corpus.table.columns.{key}"
                )

    def _add(self, number: int, values: Mapping[str, Any]) -> None:
        place = f"{self.file.name}:{number}"
        split = values.get(SPLIT)
        if split is not None and not self.file.split:
            place = f"{self.file.name}/{split}:{number}"
        text = self._text(values, place)
        clean = " ".join(text.split())
        start = self._length
        if not clean:
            self.first_skipped = self.first_skipped or number
            self.skipped.append(Skipped(self.id, start, start, text, EMPTY))
            return
        self._texts.append(text)
        self._length += len(text) + 1
        index = len(self.sentences)
        name = self._value(values, self.columns.id, place) or f"{self.id}-{len(self.sentences) + len(self.skipped):06d}"
        self.sentences.append(Sentence(name, self.id, index, clean, start, start + len(text)))
        self.rows.append(
            TableRow(
                sentence=name,
                place=place,
                labels={task: self._label(values, task, column, place) for task, column in self.columns.labels.items()},
                context=" ".join(self._value(values, self.columns.context, place).split()),
                target=" ".join((self.file.target or self._value(values, self.columns.target, place)).split()),
                group=self._value(values, self.columns.group, place) or name,
                part=self._part(values, place),
            )
        )

    def _text(self, values: Mapping[str, Any], place: str) -> str:
        text = values.get(self.columns.text)
        if text is not None and not isinstance(text, str):
            raise DataError(
                f"{place}: {self.columns.text!r} holds {type(text).__name__}, not a text; set corpus.table.columns.text"
            )
        return repaired(text or "") if self.repair else text or ""

    def _label(self, values: Mapping[str, Any], task: str, column: str, place: str) -> str | None:
        """The label as the codebook calls it; None for an empty cell."""
        name = self._value(values, column, place)
        return (self.table.labels.get(task, {}).get(name, name) or None) if name else None

    def _part(self, values: Mapping[str, Any], place: str) -> str:
        name = self.file.part or self._value(values, self.columns.part, place)
        if not name and self.columns.part == "" and values.get(SPLIT) is not None:
            name = str(values[SPLIT])
        part = self.table.part(name) if name else ""
        if part is None:
            raise DataError(
                f"{place}: unknown part {name!r}; say under corpus.table.parts whether it is"
                f" {', '.join(dict.fromkeys(PARTS.values()))}"
            )
        return part

    def _value(self, values: Mapping[str, Any], column: str, place: str) -> str:
        """A value as text, empty where there is none: pandas writes whole numbers as floats beside missing ones."""
        value = values.get(column) if column else None
        if value is None or value != value:
            return ""
        if isinstance(value, list | dict | tuple):
            raise DataError(f"{place}: {column!r} holds a {type(value).__name__}; a cell must be one value")
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value).strip()
