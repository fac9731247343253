"""Documents, cut into sentences by the ingest that training uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DataError
from pipeline.inference.items import Item

if TYPE_CHECKING:
    from pipeline.records import Sentence

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
        yield from _items(split_document(reading, settings, SourceRules())[0], path.stem, path.name)


def split_plain_text(text: str, name: str) -> Iterator[Item]:
    """Sentences of a document given as its text, whose characters the offsets count; raises DataError without any."""
    from pipeline.ingest.corpus import split_document
    from pipeline.ingest.readers.file import Reading
    from pipeline.ingest.readers.text import pages
    from pipeline.records import Document
    from pipeline.settings.corpus import CorpusSettings, SourceRules

    reading = Reading(Document(id=name, path=name, text=text, pages=pages(text)))
    sentences, _ = split_document(reading, CorpusSettings(files=[name]), SourceRules())
    return _items(sentences, name, name)


def _items(sentences: Sequence[Sentence], stem: str, name: str) -> Iterator[Item]:
    before = ""
    for one in sentences:
        yield Item(f"{stem}-{one.index:04d}", one.text, before, name, one.start, one.end, one.page)
        before = one.text
