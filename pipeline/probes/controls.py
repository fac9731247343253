"""Controls: sentences robbed of something, to show whether a score rests on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from pipeline.probes.names import NameMasker
from pipeline.probes.probe import Probe, Rewrite
from pipeline.probes.study import Study
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.targets import hide_targets, known_targets

_STEPS = tuple(range(2, 82, 4))
"""Numbers of words that `length_only` tells apart."""


def shuffle_labels(sentences: Sequence[LabeledSentence], seed: int) -> list[LabeledSentence]:
    """`sentences` with their labels dealt out at random: all tasks of a sentence move together, none is lost."""
    order = np.random.default_rng(seed).permutation(len(sentences))
    return [replace(one, labels=sentences[int(other)].labels) for one, other in zip(sentences, order, strict=True)]


def shuffle_words(text: str, seed: int) -> str:
    """The words of `text`, with the punctuation that they bear, in random order."""
    words = text.split()
    return " ".join(words[int(place)] for place in np.random.default_rng(seed).permutation(len(words)))


def tell_length(text: str) -> str:
    """Nothing of `text` but about how many words it has: `over2 over6 over10` for eleven.

    A word for every step passed, so that a linear model on words can tell longer from shorter.
    """
    count = len(text.split())
    return " ".join(["over0", *(f"over{step}" for step in _STEPS if count > step)])


def _words_shuffled(study: Study) -> Rewrite:
    def rewrite(one: LabeledSentence) -> LabeledSentence:
        seed = derive_seed(study.seed, "words_shuffled", one.id)
        return replace(one, text=shuffle_words(one.text, seed), context=shuffle_words(one.context, seed))

    return rewrite


def _length_only(study: Study) -> Rewrite:
    return lambda one: replace(one, text=tell_length(one.text), context="", target="")


def _masked(study: Study, mask: Callable[[NameMasker, str], str]) -> Rewrite:
    # Which words are ordinary is learnt from text alone, whoever tests on it: no label has a part in it.
    masker = NameMasker.of(one.text for one in (*study.sentences.values(), *study.composed))
    return lambda one: replace(one, text=mask(masker, one.text), context=mask(masker, one.context))


def _target_hidden(study: Study) -> Rewrite:
    return lambda one: hide_targets([one])[0]


def _one_target(study: Study) -> str:
    count = len(known_targets(study.sentences.values()))
    return "" if count > 1 else "the sentences have a single target, so there is none to hide"


CONTROLS = (
    Probe("labels_shuffled", relabel=shuffle_labels),
    Probe("words_shuffled", rewrite=_words_shuffled),
    Probe("entities_masked", rewrite=lambda study: _masked(study, NameMasker.mask_entities)),
    Probe("holders_masked", rewrite=lambda study: _masked(study, NameMasker.mask_holders)),
    Probe("length_only", rewrite=_length_only),
    Probe("target_hidden", rewrite=_target_hidden, obstacle=_one_target),
)
