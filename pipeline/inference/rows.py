"""Tables, a row at a time and in constant memory: JSON Lines, CSV, TSV and Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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


def read_rows(path: Path, text_column: str, split: bool, target_column: str = "") -> Iterator[Unit]:
    """Units of a table; with `split`, a row's text is a document of its own.

    A row's `id`, `document`, `start`, `end` and `page` are kept where they have the right type; without an id a row
    goes by file and line. Raises DataError where none of the first rows has `text_column`, or `target_column` where one
    is named.
    """
    rows = iter(TABLES[path.suffix.lower()](path))
    first = list(islice(rows, _PROBED))
    whole = [row for row in first if row.reason is None]
    if whole and not any(text_column in row.fields for row in whole):
        raise _no_column(path, text_column, whole[0], "--text-column")
    if whole and target_column and not any(target_column in row.fields for row in whole):
        raise _no_column(path, target_column, whole[0], "--target-column")
    for row in chain(first, rows):
        target = _text(row.fields.get(target_column)) or ""
        for unit in _units(path, row, text_column, split):
            yield replace(unit, target=target) if target and isinstance(unit, Item) else unit


def _no_column(path: Path, column: str, row: Row, option: str) -> DataError:
    columns = ", ".join(map(str, row.fields)) or "none"
    return DataError(f"{path}: no column {column!r} among {columns}; name the right one with {option}")


def _units(path: Path, row: Row, text_column: str, split: bool) -> Iterator[Unit]:
    text = row.fields.get(text_column)
    reason = row.reason or _unusable(text, text_column)
    if reason is not None:
        yield Rejection(str(path), row.line, reason, row.content[:_SHOWN].encode(errors="replace").decode())
        return
    name = _text(row.fields.get("id")) or f"{path.stem}:{row.line}"
    if not split:
        start, end, page = (_number(row.fields.get(key)) for key in ("start", "end", "page"))
        yield Item(name, str(text), "", _text(row.fields.get("document")), start, end, page)
        return
    from pipeline.ingest.free_text import split_text

    before = ""
    for number, span in enumerate(split_text(str(text)), 1):
        yield Item(f"{name}:{number}", span.text, before, name, span.start, span.end)
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
