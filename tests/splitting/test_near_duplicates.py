"""Near-duplicate search: exact, whatever its filters leave out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.records import LabeledSentence
from pipeline.splitting import near_duplicates_of
from pipeline.splitting.near_duplicates import near_duplicate_pairs


def grams(text: str) -> set[str]:
    padded = f" {' '.join(text.casefold().split())} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def brute_force(texts: list[str], threshold: float) -> list[list[int]]:
    sets = [grams(text) for text in texts]
    return [
        [left, right]
        for left in range(len(texts))
        for right in range(left + 1, len(texts))
        if len(sets[left] & sets[right]) >= threshold * len(sets[left] | sets[right]) - 1e-9
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text("ab ", min_size=1, max_size=25).map(lambda text: f"x{text}".strip()), max_size=12),
    st.sampled_from([0.1, 0.3, 0.5, 0.75, 0.8, 1.0]),
)
def test_pairs_equal_those_of_a_brute_force_search(texts: list[str], threshold: float) -> None:
    assert near_duplicate_pairs(texts, threshold).tolist() == brute_force(texts, threshold)


@pytest.mark.parametrize("threshold", [0.8, 0.4])
def test_pairs_in_real_prose(gold: list[LabeledSentence], threshold: float) -> None:
    texts = [one.text for one in gold[:60] + gold[-120:]]
    expected = brute_force(texts, threshold)
    assert expected
    assert near_duplicate_pairs(texts, threshold).tolist() == expected


def test_the_join_is_exact_across_blocks_of_rows(gold: list[LabeledSentence], monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [one.text for one in gold]
    whole = near_duplicate_pairs(texts, 0.5)
    monkeypatch.setattr("pipeline.splitting.near_duplicates.ROWS", 7)
    assert near_duplicate_pairs(texts, 0.5).tolist() == whole.tolist()
    assert len(whole) > 5


def test_case_and_white_space_do_not_matter_and_short_texts_count() -> None:
    texts = ["No", "The  VOTE took\nplace.", "no", "The vote took place.", "Yes"]
    assert near_duplicate_pairs(texts, 1.0).tolist() == [[0, 2], [1, 3]]


@pytest.mark.parametrize("texts", [[], ["alone"]])
def test_fewer_than_two_texts_have_no_pair(texts: list[str]) -> None:
    assert near_duplicate_pairs(texts, 0.8).shape == (0, 2)


def test_composed_sentences_like_a_document_sentence_are_named() -> None:
    def sentence(identifier: str, text: str) -> LabeledSentence:
        return LabeledSentence(identifier, text, {"stance": "favor"})

    composed = [
        sentence("c0", "The Council adopted the resolution on Friday."),
        sentence("c1", "Quite another matter was raised by Norway."),
        sentence("c2", "Quite another matter was raised by Norway!"),
    ]
    documents = [sentence("d0", "The Council adopted the resolution on Friday, too.")]
    assert near_duplicates_of(composed, documents, 0.8) == ("c0",)
    assert near_duplicates_of(composed, [], 0.8) == ()
