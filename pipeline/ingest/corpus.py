"""A corpus: the documents, their sentences, and what was skipped."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import ConfigError, DataError
from pipeline.ingest.cleaning import NO_WORDS, clean, skipped
from pipeline.ingest.passages import fold
from pipeline.ingest.readers.file import Reading
from pipeline.ingest.reading import read_files
from pipeline.ingest.segmentation import sentence_spans
from pipeline.records import Document, Sentence, Skipped, TableRow
from pipeline.settings.corpus import CorpusSettings, SourceRules

Segmenter = Callable[[str], list[tuple[int, int]]]
"""Text of a passage in; start and end of each sentence out."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents in the order of their paths, sentences and skipped stretches in the order of the text.

    Every character of a document that is not white space lies in a sentence or in a skipped stretch. A skipped stretch
    may lie within a sentence (a footnote that it runs around, a footnote mark); without those, the raw text of the
    sentence is its clean text, white space aside.
    """

    documents: tuple[Document, ...]
    sentences: tuple[Sentence, ...]
    skipped: tuple[Skipped, ...]
    rows: tuple[TableRow, ...] = ()
    """What a labelled data set says about each sentence; empty where the corpus is none."""
    warnings: tuple[str, ...] = ()


def ingest(settings: CorpusSettings, root: Path) -> Corpus:
    """Read, clean and segment the documents of `settings`, whose paths are relative to `root`, or read its table.

    Raises DataError for a missing, empty or undecodable document, one without a sentence, and ids used twice;
    ConfigError for settings of a source that is not there or a pattern that matches nothing.
    """
    if settings.table is not None:
        from pipeline.ingest.tables.table import read_table

        return read_table(settings, root)
    readings = read_files(settings, root)
    ids = {reading.document.id for reading in readings}
    for name in settings.per_source:
        if name not in ids:
            raise ConfigError(f"corpus.per_source.{name}: no such document; there are {', '.join(sorted(ids)[:10])}")
    documents: list[Document] = []
    sentences: list[Sentence] = []
    dropped: list[Skipped] = []
    for reading in readings:
        source = settings.per_source.get(reading.document.id, SourceRules())
        document = _with_pages(reading.document, source)
        own, rest = split_document(replace(reading, document=document), settings, source)
        documents.append(document)
        sentences += own
        dropped += rest
    return Corpus(tuple(documents), tuple(sentences), tuple(dropped))


def split_document(
    reading: Reading, settings: CorpusSettings, source: SourceRules
) -> tuple[list[Sentence], list[Skipped]]:
    """Sentences of one document, and what was skipped; raises DataError if there is no sentence."""
    document = reading.document
    join = settings.segmenter != "lines"
    passages, dropped = clean(document, settings.cleaning, source, reading.dropped, join=join)
    segment: Segmenter = sentence_spans if settings.segmenter == "rules" else whole
    sentences: list[Sentence] = []
    for passage in passages:
        for begin, close in segment(passage.text):
            start, end = passage.raw(begin), passage.raw(close - 1) + 1
            text = fold(passage.text[begin:close])
            if not re.search(r"\w", text):
                dropped.append(skipped(document, start, end, NO_WORDS))
                continue
            index = len(sentences)
            page = _page(document, source, start)
            name = f"{document.id}-{index:04d}"
            sentences.append(Sentence(name, document.id, index, text, start, end, page, passage.section))
    if not sentences:
        raise _no_sentence(document, dropped)
    return sentences, sorted(dropped, key=lambda stretch: (stretch.start, stretch.end))


def whole(text: str) -> list[tuple[int, int]]:
    """The segmenter for lines that are sentences already."""
    return [(0, len(text))] if text else []


def _with_pages(document: Document, source: SourceRules) -> Document:
    if not source.page_start:
        return document
    starts = {match.end() for match in re.finditer(source.page_start, document.text, re.MULTILINE)}
    return replace(document, pages=tuple(sorted({0, *starts})))


def _page(document: Document, source: SourceRules, offset: int) -> int | None:
    if not document.pages:
        return None
    number = source.first_page + bisect_right(document.pages, offset) - 1
    return number if number >= 1 else None


def _no_sentence(document: Document, dropped: list[Skipped]) -> DataError:
    counts = Counter(stretch.reason for stretch in dropped)
    reasons = ", ".join(f"{reason} ({count})" for reason, count in counts.most_common())
    return DataError(
        f"document {document.path} gives no sentence; all of it was skipped as {reasons or 'white space'};"
        " check corpus.per_source and corpus.cleaning.rules, or leave the document out"
    )
