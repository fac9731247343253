"""Masking: names go, ordinary words stay, and lists are well formed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.probes.names import ENTITY, HOLDER, NameMasker
from pipeline.word_lists import word_lists

MASKER = NameMasker.of(["the envoy said that we reject it and human rights in every country, however others vote"])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("China's envoy said no.", "Entity's envoy said no."),
        ("The U.S. and the United Kingdom vote.", "The Entity and the Entity vote."),
        ("We trust the UN Human Rights Council.", "We trust the Entity."),
        ("However, Geng Shuang said that.", "However, Entity said that."),
        ("Geng said: “We reject it.”", "Entity said: “We reject it.”"),
        ("DPRK spoke; I\u2019m sure I did.", "Entity spoke; I\u2019m sure I did."),
        ("In the North Korean envoy\u2019s words", "In the Entity envoy\u2019s words"),
        ("1) In every country (Others vote).", "1) In every country (Others vote)."),
        ("The Council of Europe, Paris", "The Entity, Entity"),
        ("turkey and china in a kitchen", "turkey and china in a kitchen"),
        ("Furthermore, Chile left.", "Furthermore, Entity left."),
        ("Hungary\u2019s, Chad's", "Entity\u2019s, Entity's"),
        ("", ""),
    ],
)
def test_entities(text: str, masked: str) -> None:
    masker = NameMasker([*MASKER.ordinary, "others", "in", "however", "we", "the"])
    assert masker.mask_entities(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("The Chinese government rejects it.", "The Holder rejects it."),
        ("Foreign Ministry spokesperson Wang Wenbin said", "Foreign Holder said"),
        ("Scholars and NGOs disagree.", "Holder and Holder disagree."),
        ("the states", "the states"),
    ],
)
def test_holders(text: str, masked: str) -> None:
    assert NameMasker(["scholars", "the", "foreign"]).mask_holders(text) == masked


@given(st.text())
def test_any_text_is_masked_and_masking_again_changes_nothing(text: str) -> None:
    once = MASKER.mask_entities(text)
    assert MASKER.mask_entities(once) == once
    assert isinstance(MASKER.mask_holders(text), str)


def test_no_listed_country_survives_alone() -> None:
    for name in word_lists()["countries"]:
        assert MASKER.mask_entities(f"as {name} said") == f"as {ENTITY} said", name
        assert MASKER.mask_holders(f"as {name} said") == f"as {HOLDER} said", name


def test_lists_are_clean() -> None:
    lists = word_lists()
    assert set(lists) == {"countries", "organisations", "offices", "openers"}
    for entries in lists.values():
        assert all(entry == entry.strip() and entry for entry in entries)
    assert len(lists["countries"]) > 500
    assert all(word.islower() for word in lists["openers"])
