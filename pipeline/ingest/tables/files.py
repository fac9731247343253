"""Rows of files, one at a time: separated values, JSON Lines, Parquet, and lines of text with lines of labels."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.settings.table import TableFile, TableSettings

Row = tuple[int, Mapping[str, Any]]
"""Number of a row in its file, from 1 (in Parquet) or by its first line (elsewhere), and its values by column."""

TEXT = "text"
"""Column of the lines of a text file; those of its labels are named after their tasks."""
_LARGEST_FIELD = 64 << 20
_DELIMITERS = {"csv": ",", "tsv": "\t"}


def read_separated(path: Path, name: str, settings: TableSettings, kind: str, encoding: str) -> Iterator[Row]:
    """Rows below a line of column names; raises DataError naming the line that is no row of the table."""
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.reader(
        _lines(path, name, encoding),
        delimiter=settings.delimiter or _DELIMITERS[kind],
        quoting=csv.QUOTE_MINIMAL if settings.quotes else csv.QUOTE_NONE,
        strict=settings.quotes,
    )
    try:
        header = next(reader, None)
        if header is None:
            raise DataError(f"{name}: the file is empty; its first line must name the columns")
        if len(set(header)) < len(header):
            twice = next(column for column in header if header.count(column) > 1)
            raise DataError(f"{name}:1: two columns are called {twice!r}; rename one")
        line = reader.line_num + 1
        for values in reader:
            if values and len(values) != len(header):
                raise DataError(
                    f"{name}:{line}: {len(values)} fields where the header has {len(header)}; repair the line, or set"
                    " corpus.table.delimiter or corpus.table.quotes"
                )
            if values:
                yield line, dict(zip(header, values, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{name}:{reader.line_num}: no row of a table ({error}); see corpus.table.quotes") from error


def read_json_lines(path: Path, name: str, encoding: str) -> Iterator[Row]:
    """An object a line, blank lines left out; raises DataError naming the line that is none."""
    for number, line in enumerate(_lines(path, name, encoding), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            raise DataError(f"{name}:{number}: no JSON ({reason}); write one object a line") from error
        if not isinstance(value, dict):
            raise DataError(f"{name}:{number}: holds {type(value).__name__}, not an object; write one object a line")
        yield number, value


def read_parquet(path: Path, name: str) -> Iterator[Row]:
    """Rows in batches; raises DataError where the file is no Parquet."""
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=4096):
                for values in batch.to_pylist():
                    number += 1
                    yield number, values
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise DataError(f"{name}: no readable Parquet file ({str(error).splitlines()[0]}); write it again") from error


def read_lines(folder: Path, file: TableFile, encoding: str) -> Iterator[Row]:
    """Lines of a text file beside those of its label files; raises DataError where one has more lines than another."""
    names = [file.path, *file.labels.values()]
    columns = [TEXT, *file.labels]
    streams = [_lines(folder / name, name, encoding) for name in names]
    for number, lines in enumerate(zip_longest(*streams), 1):
        if None in lines:
            longer = next((name for name, line in zip(names, lines, strict=True) if line and line.strip()), None)
            if longer is None:
                continue
            shorter = names[lines.index(None)]
            raise DataError(f"{longer}:{number}: {shorter} ends before this line; both need a line for each text")
        yield number, {column: (line or "").rstrip("\r\n") for column, line in zip(columns, lines, strict=True)}


def _lines(path: Path, name: str, encoding: str) -> Iterator[str]:
    """Lines with their ends; only a line feed ends one, as U+2028 and its like may stand inside a text."""
    codec = codecs.lookup(encoding).name
    number = 0
    try:
        with path.open(encoding="utf-8-sig" if codec == "utf-8" else codec, newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                if "\x00" in line:
                    raise DataError(
                        f"{name}:{number}: holds a NUL character, so this is no {encoding} text; set corpus.encoding"
                        " (utf-16?)"
                    )
                yield line
    except UnicodeDecodeError as error:
        raise _undecodable(path, name, encoding) from error
    except UnicodeError as error:
        raise DataError(f"{name}:{number + 1}: no {encoding} text ({error}); set corpus.encoding") from error


def _undecodable(path: Path, name: str, encoding: str) -> DataError:
    """Where decoding fails: streams decode ahead of the line that they give."""
    data = path.read_bytes()
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        byte = f"0x{data[error.start]:02x}" if error.start < len(data) else "its end"
        return DataError(
            f"{name}:{line}: byte {error.start} ({byte}) is not {encoding}; set corpus.encoding (cp1252? latin-1?), or"
            " save the file as UTF-8"
        )
    return DataError(f"{name}: cannot be decoded as {encoding}; set corpus.encoding")
