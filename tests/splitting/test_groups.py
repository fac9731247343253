"""Groups: whole short documents, blocks of long ones, near-duplicates together."""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting.groups import make_groups


def test_short_documents_are_whole_and_long_ones_are_cut(
    corpus: list[LabeledSentence], settings: SplitSettings
) -> None:
    groups = make_groups([one for one in corpus if not one.composed], settings)
    assert {groups[f"a-{index}"] for index in range(6)} == {"doc:a"}
    assert groups["long-4"] == "doc:long:00000"
    assert groups["long-5"] == "doc:long:00001"
    assert len(set(groups.values())) == 8 + 2


def test_a_document_at_the_limit_is_still_whole(corpus: list[LabeledSentence]) -> None:
    long = [one for one in corpus if one.document == "long"]
    assert set(make_groups(long, SplitSettings(whole_document_limit=40)).values()) == {"doc:long"}
    assert len(set(make_groups(long, SplitSettings(whole_document_limit=39, block_size=15)).values())) == 3


def test_near_duplicates_pull_their_groups_together_in_a_chain(
    corpus: list[LabeledSentence], settings: SplitSettings
) -> None:
    texts = {one.id: one.text for one in corpus}
    copies = {"long-12": texts["long-0"].upper(), "b-1": texts["long-13"]}
    sentences = [replace(one, text=copies.get(one.id, one.text)) for one in corpus if not one.composed]
    groups = make_groups(sentences, settings)
    assert {groups[one] for one in ("long-0", "long-4", "long-12", "b-1", "b-5")} == {"doc:long:00000"}
    assert len(set(groups.values())) == 10 - 2


def test_the_repeated_sentences_of_the_thesis_share_groups(gold: list[LabeledSentence]) -> None:
    groups = make_groups(gold, SplitSettings())
    by_text: dict[str, set[str]] = {}
    for one in gold:
        by_text.setdefault(one.text, set()).add(groups[one.id])
    assert len(by_text) < len(gold)
    assert all(len(of_text) == 1 for of_text in by_text.values())
