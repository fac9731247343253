"""Documents that the rules were not made for: a paper with footnotes and running heads, a speech, a press release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ingest import Corpus, ingest
from pipeline.settings.corpus import CorpusSettings

FIXTURES = Path(__file__).parent.parent / "fixtures" / "ingest"


@pytest.mark.parametrize("name", ["paper.txt", "speech.txt", "press_release.txt", "web_page.html"])
def test_running_text_comes_out_and_nothing_else(name: str, check_places: Callable[[Corpus], None]) -> None:
    corpus = ingest(CorpusSettings(files=[name]), FIXTURES)
    expected = (FIXTURES / name).with_suffix(".sentences.txt").read_text(encoding="utf-8").splitlines()
    assert [sentence.text for sentence in corpus.sentences] == expected
    check_places(corpus)


def test_paper_keeps_pages_and_headings_and_names_what_it_drops() -> None:
    corpus = ingest(CorpusSettings(files=["paper.txt"]), FIXTURES)
    places = {sentence.text: (sentence.page, sentence.section) for sentence in corpus.sentences}
    assert places["Seats go by region."] == (2, "2. Membership and Election")
    assert places["The results are mixed."] == (3, "3. Results")
    dropped: dict[str, list[str]] = {}
    for skipped in corpus.skipped:
        dropped.setdefault(skipped.reason, []).append(" ".join(skipped.text.split()))
    assert dropped["footnote_mark"] == ["1", "2", "3", "4", "5", "6"]
    assert dropped["footnote"][1] == "4 Ibid., p. 14. 5 Letter of 3 May 2012."
    assert dropped["running_head"][0] == "Human Rights Bodies 1 J. Roe"
    assert dropped["broken_word"] == ["-", "-"]
    assert dropped["table"][0].startswith("Table 1: Votes by region Region Seats Votes Africa 5 120")
    assert dropped["references"][0].startswith("References Roe, J. (2010) Bodies.")
    assert set(dropped) == {
        "footnote",
        "footnote_mark",
        "running_head",
        "broken_word",
        "table",
        "references",
        "heading",
    }


def test_web_page_tells_its_title_and_publisher() -> None:
    corpus = ingest(CorpusSettings(files=["web_page.html"]), FIXTURES)
    assert corpus.documents[0].title == "Envoy rejects claims"
    assert corpus.documents[0].publisher == "Example News"
    dropped = " ".join(skipped.text for skipped in corpus.skipped if skipped.reason == "navigation")
    assert "Another headline" in dropped
    assert "Copyright" in dropped
    assert "var x" not in corpus.documents[0].text
