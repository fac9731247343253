"""Reading answers from the files of annotation tools, whichever tool wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.annotating.assignment import Answer, Rejected
from pipeline.annotating.formats import doccano, label_studio, table
from pipeline.codebook import Codebook
from pipeline.errors import DataError


def read_answers(path: Path, codebook: Codebook, annotator: str = "") -> Iterator[Answer | Rejected]:
    """Every answer in `path`, in the order of the file, and every entry that could not be read as one.

    Known are Label Studio's JSON, JSON_MIN and CSV, doccano's JSONL, and tables (CSV, TSV) with a column `sentence_id`
    and one a task. `annotator` is who answered where the file does not tell. Raises DataError for another file.
    """
    text = _text(path)
    source = path.as_posix()
    if path.suffix == ".json":
        yield from _json(text, source, codebook, annotator)
    elif path.suffix in (".jsonl", ".ndjson"):
        yield from _json_lines(text, source, codebook, annotator)
    elif path.suffix in (".csv", ".tsv"):
        for entry, row in table.rows_of_table(text, source):
            yield table.read_row(row, source, entry, annotator, codebook)
    else:
        raise DataError(f"{source}: no known format; give a .json, .jsonl, .csv or .tsv file (unpack a .zip first)")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); name an existing file") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _json(text: str, source: str, codebook: Codebook, annotator: str) -> Iterator[Answer | Rejected]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{source}: broken JSON ({error}); export it again") from error
    if label_studio.is_export(document):
        yield from label_studio.read_export(document, source, codebook)
        return
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise DataError(f"{source}: is no export; export from Label Studio as JSON or JSON_MIN, from doccano as JSONL")
    for position, row in enumerate(document, 1):
        entry = f"task {row.get('id', f'number {position}')}"
        yield _row(row, source, entry, codebook, annotator)


def _json_lines(text: str, source: str, codebook: Codebook, annotator: str) -> Iterator[Answer | Rejected]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Rejected(source, str(number), f"broken JSON ({error})", line)
            continue
        if isinstance(row, dict):
            yield _row(row, source, str(number), codebook, annotator)
        else:
            yield Rejected(source, str(number), "is no JSON object", line)


def _row(row: dict[str, Any], source: str, entry: str, codebook: Codebook, annotator: str) -> Answer | Rejected:
    if "sentence_id" not in row:
        return Rejected(source, entry, "has no sentence_id", json.dumps(row, ensure_ascii=False))
    if doccano.is_row(row):
        return doccano.read_row(row, source, entry, annotator)
    return table.read_row(row, source, entry, annotator, codebook)
