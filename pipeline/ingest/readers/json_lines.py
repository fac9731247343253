"""JSON Lines: one document a line, its text in a field that the corpus names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.errors import DataError
from pipeline.ingest.readers.file import File
from pipeline.ingest.readers.text import decoded, pages
from pipeline.ingest.sources import FIELDS
from pipeline.records import Document


def read_json_lines(file: File) -> Iterator[Document]:
    """A document a line. `id`, `title`, `publisher`, `kind`, `date`, `language` and `rights` are taken where given.

    Without an id the document goes by the file and its line number. Raises DataError naming the line that is no JSON
    object with a text.
    """
    found = False
    for number, line in enumerate(decoded(file).split("\n"), start=1):
        if line.strip():
            found = True
            yield _document(file, number, line)
    if not found:
        raise DataError(f"{file.name}: the file holds no record; fill it or leave it out of corpus.files")


def _document(file: File, number: int, line: str) -> Document:
    place = f"{file.name}:{number}"
    name = file.settings.text_field
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: no JSON ({error}); write one object a line") from error
    if not isinstance(record, dict):
        raise DataError(f'{place}: holds {type(record).__name__}, not an object; write {{"{name}": "…"}}')
    text = record.get(name)
    if not isinstance(text, str):
        raise DataError(f"{place}: has no text in {name!r} but {_kind(text)}; set corpus.text_field")
    values = {key: _string(record.get(key)) or getattr(file.source, key) for key in FIELDS}
    return Document(
        id=_string(record.get("id")) or f"{file.id}-{number:06d}", path=place, text=text, pages=pages(text), **values
    )


def _string(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
