"""What a reader is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.ingest.lines import Stretch
from pipeline.ingest.sources import Source
from pipeline.records import Document
from pipeline.settings.corpus import CorpusSettings


@dataclass(frozen=True, slots=True)
class Reading:
    """A document, and what its reader already knows to be no running text (the navigation of a web page)."""

    document: Document
    dropped: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One file to read: where it is, how messages and records name it, and the id of its document."""

    path: Path
    name: str
    id: str
    source: Source
    settings: CorpusSettings
