from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

import pytest

from pipeline.ingest import Corpus, ingest
from pipeline.settings.corpus import CorpusSettings


@pytest.fixture(scope="module")
def gold(root: Path) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = defaultdict(list)
    with (root / "data/annotations/v1/gold.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            texts[record["source"]].append(record["text"])
    return texts


def by_source(corpus: Corpus) -> dict[str, list[str]]:
    names = {document.id: PurePosixPath(document.path).name for document in corpus.documents}
    texts: dict[str, list[str]] = defaultdict(list)
    for sentence in corpus.sentences:
        texts[names[sentence.document]].append(sentence.text)
    return texts


def test_gold_sentences_come_out_in_order_with_hardly_any_others(
    five_documents: Corpus, gold: dict[str, list[str]]
) -> None:
    found = by_source(five_documents)
    assert set(found) == set(gold)
    matched = sum(
        block.size
        for source, texts in gold.items()
        for block in SequenceMatcher(None, texts, found[source], autojunk=False).get_matching_blocks()
    )
    total = sum(map(len, gold.values()))
    assert total == 690
    assert matched >= 0.99 * total
    assert len(five_documents.sentences) - matched <= 0.01 * total


def test_no_gold_sentence_is_missing(five_documents: Corpus, gold: dict[str, list[str]]) -> None:
    found = by_source(five_documents)
    missing = [text for source, texts in gold.items() for text in texts if text not in set(found[source])]
    assert missing == []


def test_every_character_of_the_documents_is_accounted_for(
    five_documents: Corpus, check_places: Callable[[Corpus], None]
) -> None:
    check_places(five_documents)


def test_pages_of_the_thesis_agree_with_the_numbers_printed_on_them(five_documents: Corpus) -> None:
    thesis = next(document for document in five_documents.documents if document.id == "003")
    printed = [
        stretch for stretch in five_documents.skipped if stretch.document == "003" and stretch.reason == "page_number"
    ]
    assert [int(stretch.text) for stretch in printed] == [16, 20, 26, 28, 49, 53, 65]
    for stretch in printed:
        starts = [start for start in thesis.pages if start <= stretch.start]
        assert starts[-1] == stretch.start
        behind = next(
            sentence
            for sentence in five_documents.sentences
            if sentence.document == "003" and sentence.start > stretch.start
        )
        assert behind.page is not None
        assert behind.page >= int(stretch.text)
        assert len(starts) == int(stretch.text) + 3  # Three pages of abstract bear no number.


def test_front_matter_and_reports_have_no_page(five_documents: Corpus) -> None:
    for sentence in five_documents.sentences:
        if sentence.document != "003" or sentence.text.startswith("Since its first debate"):
            assert sentence.page is None


def test_sentences_stand_under_their_heading(five_documents: Corpus) -> None:
    sections = {sentence.text: sentence.section for sentence in five_documents.sentences}
    text = next(text for text in sections if text.startswith("This period marked the pinnacle"))
    assert sections[text] == "1.1 Blood Alliance under Mao Zedong (1949-1976)"
    text = next(text for text in sections if text.startswith("This chapter will examine the changes"))
    assert sections[text] == (
        "II. China\u2019s Position on the UN Resolution of the Situation of Human Rights in the DPRK"
    )


def test_page_that_the_annotations_lack_comes_back_when_the_config_allows_it(
    five_documents: Corpus, settings: CorpusSettings, root: Path
) -> None:
    settings.per_source["003"].skip = []
    before = [sentence.text for sentence in five_documents.sentences]
    after = [sentence.text for sentence in ingest(settings, root).sentences]
    added = [text for text in after if text not in set(before)]
    assert len(added) == 12
    assert added[0].endswith("must not in any way be weakened.\u201d")
    assert added[1].startswith("By utilizing the premium as a member of P-5")
    assert added[-1].endswith("isolate Taiwan from the international community.")
    assert [text for text in before if text not in set(after)] == [
        "Such a role can only be strengthened and must not in any way be weakened.\u201d62 that China will continue to"
        " use its power as a permanent member of UNSC to isolate Taiwan from the international community."
    ]


def test_sources_tell_what_the_texts_tell(five_documents: Corpus) -> None:
    documents = {document.id: document for document in five_documents.documents}
    assert sorted(documents) == ["000", "001", "002", "003", "004"]
    assert documents["002"].publisher == "CGTN"
    assert documents["002"].date == "2021-02-24"
    assert documents["003"].kind == "thesis"
    assert documents["003"].date is None
    assert all(document.language == "en" and document.rights for document in documents.values())
    for document in documents.values():
        assert document.title is None or document.title in document.text
