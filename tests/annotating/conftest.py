"""A project of its own: invented letters to a library, with a codebook of one task and people's answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from library_names import BOOK, CORPUS

from pipeline.artifacts import write_records
from pipeline.codebook import Codebook
from pipeline.codebook_file import read_codebook
from pipeline.ingest import ingest
from pipeline.settings.corpus import CorpusSettings

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def exports() -> Path:
    """Files as Label Studio 1.23.2 and doccano 1.8.4 exported them, on eight of the sentences."""
    return FIXTURES / "annotating"


@pytest.fixture
def codebook() -> Codebook:
    return read_codebook(FIXTURES / "new_task" / "configs" / "codebook" / f"{BOOK}.yaml")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project folder, ingested, as the working directory."""
    root = tmp_path / "library"
    shutil.copytree(FIXTURES / "new_task", root)
    folder = root / "data" / "processed" / CORPUS
    folder.mkdir(parents=True)
    corpus = ingest(CorpusSettings(name=CORPUS, files=["documents"], segmenter="lines"), root)
    write_records(folder / "sentences.jsonl", corpus.sentences)
    monkeypatch.chdir(root)
    return root
