"""Tables, a row at a time and in constant memory: JSON Lines, CSV, TSV and Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.inference.items import Item, Rejection, Unit, unencodable

_LARGEST_FIELD = 64 << 20
_PROBED = 100
_SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its line (or row) number from 1, and its fields; `reason` where it is broken."""

    line: int
    fields: Mapping[str, Any]
    content: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Names of the columns to read: the text, and where they are named what it is towards and what stands before it."""

    text: str = "text"
    target: str = ""
    context: str = ""

    def check(self, path: Path, rows: Sequence[Row]) -> None:
        """Raise DataError for a column that none of `rows` has."""
        for role, column in asdict(self).items():
            if rows and column and not any(column in row.fields for row in rows):
                known = ", ".join(map(str, rows[0].fields)) or "none"
                raise DataError(f"{path}: no column {column!r} among {known}; name the right one with --{role}-column")


def read_rows(path: Path, columns: TableColumns, split: bool) -> Iterator[Unit]:
    """Units of a table; with `split`, a row's text is a document of its own.

    A row's `id`, `document`, `start`, `end` and `page` are kept where they have the right type; without an id a row
    goes by file and line. Raises DataError where none of the first rows has one of `columns`.
    """
    rows = iter(TABLES[path.suffix.lower()](path))
    first = list(islice(rows, _PROBED))
    columns.check(path, [row for row in first if row.reason is None])
    for row in chain(first, rows):
        yield from _units(path, row, columns, split)


def _units(path: Path, row: Row, columns: TableColumns, split: bool) -> Iterator[Unit]:
    text = row.fields.get(columns.text)
    target, before = (_text(row.fields.get(name)) or "" for name in (columns.target, columns.context))
    reason = row.reason or _unusable(text, columns.text)
    if reason is not None:
        yield Rejection(str(path), row.line, reason, row.content[:_SHOWN].encode(errors="replace").decode())
        return
    name = _text(row.fields.get("id")) or f"{path.stem}:{row.line}"
    if not split:
        start, end, page = (_number(row.fields.get(key)) for key in ("start", "end", "page"))
        yield Item(name, str(text), before, _text(row.fields.get("document")), start, end, page, target)
        return
    from pipeline.ingest.free_text import split_text

    for number, span in enumerate(split_text(str(text)), 1):
        yield Item(f"{name}:{number}", span.text, before, name, span.start, span.end, target=target)
        before = span.text


def _unusable(text: Any, column: str) -> str | None:
    if not isinstance(text, str):
        return f"no text in {column!r} but {'nothing' if text is None else type(text).__name__}"
    return unencodable(text) if text.strip() else f"{column!r} is empty"


def read_lines(stream: Iterable[bytes], name: str) -> Iterator[Unit]:
    """Units of a stream with a sentence a line; empty lines count but say nothing."""
    for number, line in enumerate(stream, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            shown = line.decode("utf-8", "replace").rstrip("\n")[:_SHOWN]
            yield Rejection(name, number, f"byte {error.start + 1} of the line is not UTF-8", shown)
            continue
        if text:
            yield Item(str(number), text)


def count_rows(path: Path) -> int:
    """About how many rows a table has, for the progress bar (line breaks within CSV fields count too)."""
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as parquet

        return int(parquet.read_metadata(path).num_rows)
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            content = line.decode("utf-8", "replace").rstrip("\r\n")
            try:
                value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                yield Row(number, {}, content, f"byte {error.start + 1} of the line is not UTF-8")
            except (ValueError, RecursionError) as error:
                yield Row(number, {}, content, f"no JSON ({error})")
            else:
                if isinstance(value, dict):
                    yield Row(number, value, content)
                else:
                    yield Row(number, {}, content, f"holds {type(value).__name__}, not an object")


def _separated(path: Path, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(_LARGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            header = next(reader)
        except StopIteration:
            raise DataError(f"{path}: the file is empty; its first line must name the columns") from None
        while True:
            line = reader.line_num + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line, {}, "", f"no row of a table ({error})")
                continue
            if not values:
                continue
            content = delimiter.join(values)
            if len(values) != len(header):
                yield Row(line, {}, content, f"{len(values)} fields where the header names {len(header)}")
            else:
                yield Row(line, dict(zip(header, values, strict=True)), content)


def _csv(path: Path) -> Iterator[Row]:
    return _separated(path, ",")


def _tsv(path: Path) -> Iterator[Row]:
    return _separated(path, "\t")


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=1024):
                for fields in batch.to_pylist():
                    number += 1
                    yield Row(number, fields, json.dumps(fields, ensure_ascii=False, default=str))
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise DataError(f"{path}: no readable Parquet file ({str(error).splitlines()[0]}); write it again") from error


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and str(value) else None


def _number(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


TABLES: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".csv": _csv,
    ".tsv": _tsv,
    ".parquet": _parquet,
}
"""Readers of tables by the ending of the file's name."""
