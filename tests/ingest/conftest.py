from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from pipeline.ingest import Corpus, ingest
from pipeline.records import Document, Skipped
from pipeline.settings.corpus import CorpusSettings

ROOT = Path(__file__).parent.parent.parent


def five_documents_settings() -> CorpusSettings:
    """The settings of configs/corpus/five_documents.yaml, checked against their schema as Hydra does."""
    config = OmegaConf.load(ROOT / "configs" / "corpus" / "five_documents.yaml")
    config.pop("defaults")
    settings = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(CorpusSettings), config))
    assert isinstance(settings, CorpusSettings)
    return settings


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def settings() -> CorpusSettings:
    """A fresh copy, for tests that change it."""
    return five_documents_settings()


@pytest.fixture(scope="session")
def five_documents() -> Corpus:
    return ingest(five_documents_settings(), ROOT)


@pytest.fixture
def ingest_text(tmp_path: Path) -> Callable[..., Corpus]:
    """Ingest one text written to a file; further arguments are settings of the corpus."""

    def run(text: str, **settings: Any) -> Corpus:
        (tmp_path / "text.txt").write_bytes(text.encode())
        return ingest(CorpusSettings(files=["text.txt"], **settings), tmp_path)

    return run


@pytest.fixture
def sentences(ingest_text: Callable[..., Corpus]) -> Callable[..., list[str]]:
    def run(text: str, **settings: Any) -> list[str]:
        return [sentence.text for sentence in ingest_text(text, **settings).sentences]

    return run


@pytest.fixture
def reasons(ingest_text: Callable[..., Corpus]) -> Callable[..., dict[str, list[str]]]:
    """What was skipped, by reason, white space folded."""

    def run(text: str, **settings: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for skipped in ingest_text(text, **settings).skipped:
            found.setdefault(skipped.reason, []).append(" ".join(skipped.text.split()))
        return found

    return run


@pytest.fixture(scope="session")
def check_places() -> Callable[[Corpus], None]:
    """Check what `Corpus` promises about places: nothing lost, nothing twice, and every text where it says."""

    def check(corpus: Corpus) -> None:
        for document in corpus.documents:
            _check_document(corpus, document)

    return check


def _check_document(corpus: Corpus, document: Document) -> None:
    sentences = [sentence for sentence in corpus.sentences if sentence.document == document.id]
    skipped = [stretch for stretch in corpus.skipped if stretch.document == document.id]
    assert [sentence.index for sentence in sentences] == list(range(len(sentences)))
    holders = [0] * len(document.text)
    for stretch in skipped:
        assert stretch.text == document.text[stretch.start : stretch.end]
        for place in range(stretch.start, stretch.end):
            holders[place] += 1
    for place, count in enumerate(holders):
        assert count <= 1, f"character {place} was skipped twice"
    end = 0
    for sentence in sentences:
        assert end <= sentence.start < sentence.end
        end = sentence.end
        assert _bare(_without(document.text, sentence.start, sentence.end, skipped)) == _bare(sentence.text)
        assert sentence.text == " ".join(sentence.text.split())
        for place in range(sentence.start, sentence.end):
            holders[place] = 1
    lost = [place for place, letter in enumerate(document.text) if not letter.isspace() and not holders[place]]
    assert not lost, f"character {lost[0]} {document.text[lost[0]]!r} is nowhere"


def _without(text: str, start: int, end: int, skipped: list[Skipped]) -> str:
    pieces, position = [], start
    for stretch in skipped:
        if start <= stretch.start < end:
            pieces.append(text[position : stretch.start])
            position = max(position, stretch.end)
    return "".join([*pieces, text[position:end]])


def _bare(text: str) -> str:
    return "".join(text.split())
