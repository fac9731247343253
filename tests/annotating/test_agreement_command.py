"""`stance agreement` on people's votes."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_names import BOOK, CORPUS

from pipeline.annotating.agreement_command import main
from pipeline.annotating.command import main as annotations
from pipeline.errors import DataError

VOTES = "votes/people.jsonl"


@pytest.fixture
def people(library: Path) -> Path:
    options = ["--corpus", CORPUS, "--codebook", BOOK, "--output", VOTES]
    annotations(["import", "votes/anna.csv", "votes/ben.csv", *options])
    return library / VOTES


def test_it_tells_labels_pairs_annotators_and_periods(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([VOTES, "--codebook", BOOK]) == 0
    told = capsys.readouterr().out
    assert "tone: 35 sentences, 3 with different labels" in told
    for text in ("all labels", "anna and ben", "mean kappa", "praise", "2025-03", "2025-04", "2025-05"):
        assert text in told


def test_any_annotators_can_be_chosen(people: Path) -> None:
    with pytest.raises(DataError, match=r"no two annotators .* votes of anna \(human\), ben \(human\)"):
        main([VOTES, "--codebook", BOOK, "--annotators", "anna,cleo"])


def test_versions_are_not_mixed(people: Path) -> None:
    with pytest.raises(DataError, match="votes follow codebook library_tone/1, not library_tone/2"):
        main([VOTES, "--codebook", "library_tone_v2"])
    with pytest.raises(DataError, match="is no file of votes"):
        main(["attic"])
