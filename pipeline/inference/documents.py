"""Documents, cut into sentences by the ingest that training uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import DataError
from pipeline.inference.items import Item

DOCUMENTS = (".txt", ".text", ".html", ".htm", ".pdf")
"""Endings of the names of documents."""
_LARGEST = 64 << 20


def read_document(path: Path) -> Iterator[Item]:
    """Sentences of one document with their offsets and pages; raises DataError where it cannot be read or has none."""
    from pipeline.ingest.corpus import split_document
    from pipeline.ingest.reading import read_files
    from pipeline.settings.corpus import CorpusSettings, SourceRules

    if path.stat().st_size > _LARGEST:
        raise DataError(
            f"{path} is larger than {_LARGEST >> 20} MB, too much for one document;"
            " cut it, or pass a sentence a line on standard input: stance classify - <file"
        )
    settings = CorpusSettings(files=[path.name])
    for reading in read_files(settings, path.parent):
        before = ""
        sentences, _ = split_document(reading, settings, SourceRules())
        for one in sentences:
            yield Item(f"{path.stem}-{one.index:04d}", one.text, before, path.name, one.start, one.end, one.page)
            before = one.text
