"""The versions of a training sentence, of which every epoch shows one: with other countries, without context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.codebook import Codebook
from pipeline.models.country_swap import with_other_countries
from pipeline.records import LabeledSentence
from pipeline.settings.transformer import TransformerSettings

SWAPPED = 4
"""Versions with other countries that an epoch may draw from."""


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions of some sentences: `sentences` has them all once a version, `weights` the probability of each."""

    sentences: Sequence[LabeledSentence]
    weights: Sequence[float]


def versions(
    sentences: Sequence[LabeledSentence], codebook: Codebook, settings: TransformerSettings, seed: int
) -> Versions:
    """What `settings.swap_countries` and `settings.context_dropout` make of `sentences`, equal for equal seeds."""
    free = any(task.country_free for task in codebook.tasks.values())
    made = [(1.0, list(sentences))]
    if settings.swap_countries and free:
        share = settings.swap_countries
        swapped = [with_other_countries(sentences, codebook, seed + copy) for copy in range(SWAPPED)]
        made = [(1.0 - share, list(sentences)), *((share / SWAPPED, copy) for copy in swapped)]
    if settings.context and settings.context_dropout:
        share = settings.context_dropout
        alone = [(weight * share, [replace(one, context="") for one in rows]) for weight, rows in made]
        made = [*((weight * (1.0 - share), rows) for weight, rows in made), *alone]
    made = [(weight, rows) for weight, rows in made if weight]
    return Versions([one for _, rows in made for one in rows], [weight for weight, _ in made])
