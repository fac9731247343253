"""Other countries in a sentence: consistent, of the same form, and without labels that named the country."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.codebook import Codebook
from pipeline.models.country_swap import swap_countries, with_other_countries
from pipeline.records import LabeledSentence
from pipeline.word_lists import countries

NAMES = {forms[0] for forms in countries()}
KNOWN = {form for forms in countries() for form in forms}


def test_a_country_becomes_the_same_other_one_throughout() -> None:
    before, after = swap_countries("Kenya objected, and Kenya voted.", seed=1).split(" objected, and ")
    assert before in NAMES - {"Kenya"}
    assert after == f"{before} voted."


def test_an_adjective_stays_an_adjective() -> None:
    for seed in range(20):
        word = swap_countries("The Kenyan envoy", seed).removeprefix("The ").removesuffix(" envoy")
        assert word in KNOWN - {"Kenyan"}
    swapped = {swap_countries("Chinese officials", seed).removesuffix(" officials") for seed in range(40)}
    assert len(swapped & NAMES) < len(swapped) / 4, "few countries have no adjective"


@pytest.mark.parametrize("text", ["Nobody is named here.", "", "The Turkeyfarm and chinaware are no countries."])
def test_a_text_without_countries_stays(text: str) -> None:
    assert swap_countries(text, seed=3) == text


def test_equal_seeds_swap_alike_and_others_do_not() -> None:
    text = "France, Chad and Peru agreed."
    assert swap_countries(text, 5) == swap_countries(text, 5)
    assert len({swap_countries(text, seed) for seed in range(10)}) > 5
    assert not any(swap_countries(text, seed).startswith("France,") for seed in range(50))


def test_only_labels_that_do_not_hang_on_the_country_are_kept(codebook: Codebook) -> None:
    free = replace(codebook, tasks={**codebook.tasks, "stance": replace(codebook.tasks["stance"], country_free=True)})
    labels: dict[str, str | None] = {"stance": "against", "frame": "none"}
    named = LabeledSentence("a", "Peru rejects it.", labels, context="Peru spoke.")
    unnamed = LabeledSentence("b", "They reject it.", labels)
    swapped, kept = with_other_countries([named, unnamed], free, seed=2)
    assert swapped.labels == {"stance": "against", "frame": None}
    assert swapped.text.removesuffix(" rejects it.") == swapped.context.removesuffix(" spoke.") != "Peru"
    assert kept == unnamed
