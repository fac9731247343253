"""Annotations find the sentences that ingest produced."""

from __future__ import annotations

import pytest

from pipeline.errors import DataError
from pipeline.labeling.annotations import Annotation
from pipeline.labeling.matching import match
from pipeline.records import Sentence, VoteKind

DOCUMENTS = {"raw/d.txt": "d"}


def annotations(*texts: str, source: str = "d.txt") -> list[Annotation]:
    return [
        Annotation(f"g{number}", f"gold.jsonl:{number + 1}", "gold", VoteKind.RESOLVED, {}, {}, text, source)
        for number, text in enumerate(texts)
    ]


def sentences(*texts: str, document: str = "d") -> list[Sentence]:
    return [Sentence(f"{document}{index}", document, index, text, 0, 1) for index, text in enumerate(texts)]


def test_white_space_is_folded_and_extra_sentences_are_passed_over() -> None:
    assert match(annotations("A b.", "C."), sentences("X.", "A\n b.", "Y.", "C."), DOCUMENTS) == {
        "g0": "d1",
        "g1": "d3",
    }


def test_a_repeated_text_is_matched_in_order() -> None:
    gold = annotations("A.", "Same.", "B.", "Same.")
    assert list(match(gold, sentences("A.", "Same.", "B.", "Same."), DOCUMENTS).values()) == ["d0", "d1", "d2", "d3"]


def test_a_text_that_ingest_repeats_is_matched_behind_its_neighbour() -> None:
    gold = annotations("A.", "B.", "Same.")
    assert match(gold, sentences("Same.", "A.", "B.", "Same."), DOCUMENTS)["g2"] == "d3"


def test_annotations_in_another_order_still_match() -> None:
    assert match(annotations("C.", "A."), sentences("A.", "B.", "C."), DOCUMENTS) == {"g0": "d2", "g1": "d0"}


def test_the_same_text_in_another_document_is_not_taken() -> None:
    with pytest.raises(DataError, match="ingest did not produce sentence 'g0'"):
        match(annotations("A."), sentences("A.", document="e"), {**DOCUMENTS, "raw/e.txt": "e"})


def test_sentences_that_ingest_did_not_produce_are_named_with_the_closest() -> None:
    gold = annotations("Known.", "The vote took place on Friday.", "Lost.", "Known.")
    with pytest.raises(DataError) as caught:
        match(gold, sentences("Known.", "The vote took place on Monday."), DOCUMENTS)
    message = str(caught.value)
    assert message.startswith("gold.jsonl:2: ingest did not produce sentence 'g1' 'The vote took place on Friday.'")
    assert "closest is 'The vote took place on Monday.'" in message
    assert "2 more: g2, g3" in message


def test_a_document_that_ingest_did_not_produce_is_named() -> None:
    with pytest.raises(DataError, match=r"gold\.jsonl:1: sentence 'g0' is from 'e\.txt', which ingest did not produce"):
        match(annotations("A.", source="e.txt"), sentences("A."), DOCUMENTS)


def test_one_file_name_in_two_folders_needs_the_path() -> None:
    documents = {"x/d.txt": "d", "y/d.txt": "e"}
    with pytest.raises(DataError, match="fits the documents d, e; give its path"):
        match(annotations("A."), sentences("A."), documents)
    assert match(annotations("A.", source="x/d.txt"), sentences("A."), documents) == {"g0": "d0"}
