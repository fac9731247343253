"""Other countries in place of those that a sentence names, so that a model learns the argument, not its usual speaker.

Counterfactual augmentation (Kaushik, Hovy and Lipton 2020) by word list: documents about few states teach a classifier
that naming one of them is a stance. It must only be used for tasks whose label stays when another country is named.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from pipeline.codebook import Codebook
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.word_lists import countries

_ADJECTIVE = re.compile(r"(?:ese|an|ian|ish|i|ch|ic)$")
KINDS = ("name", "adjective", "inhabitants", "capital")


def with_other_countries(sentences: Sequence[LabeledSentence], codebook: Codebook, seed: int) -> list[LabeledSentence]:
    """The sentences with other countries; where there are any, only labels of `country_free` tasks are kept."""
    free = {task for task, spec in codebook.tasks.items() if spec.country_free}
    made = []
    for number, sentence in enumerate(sentences):
        text, context = (swap_countries(part, derive_seed(seed, number)) for part in (sentence.text, sentence.context))
        if (text, context) != (sentence.text, sentence.context):
            kept = {task: label if task in free else None for task, label in sentence.labels.items()}
            sentence = replace(sentence, text=text, context=context, labels=kept)
        made.append(sentence)
    return made


def swap_countries(text: str, seed: int) -> str:
    """`text` with every country replaced by another one, equal for equal seeds.

    The same country becomes the same other one throughout the text; a name becomes a name, an adjective an adjective,
    inhabitants inhabitants, and a capital that stands for a government another such capital.
    """
    known, places, pattern = _word_forms()

    def other(match: re.Match[str]) -> str:
        place, kind = places[match.group()]
        # Drawn among all but itself: a number at or above its own stands for the next one.
        drawn = random.Random(derive_seed(seed, place)).randrange(len(known) - 1)
        forms = known[drawn + (drawn >= place)]
        return (forms[kind] or forms["name"])[0]

    return pattern.sub(other, text)


@cache
def _word_forms() -> tuple[Sequence[Mapping[str, Sequence[str]]], Mapping[str, tuple[int, str]], re.Pattern[str]]:
    """Forms of every country by kind, the country and kind of every form, and the pattern that finds any of them."""
    known = [_by_kind(forms) for forms in countries()]
    places: dict[str, tuple[int, str]] = {}
    for place, forms in enumerate(known):
        for kind in KINDS:
            for form in forms[kind]:
                places.setdefault(form, (place, kind))
    longest_first = sorted(places, key=lambda form: (-len(form), form))
    return known, places, re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _by_kind(forms: Sequence[str]) -> dict[str, list[str]]:
    """The forms of one line of the list, which has names first and the capital, where there is one, last."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    found["name"].append(forms[0])
    for number, form in enumerate(forms[1:], start=2):
        if _ADJECTIVE.search(form):
            found["adjective"].append(form)
        elif form.endswith("s") and _ADJECTIVE.search(form[:-1]):
            found["inhabitants"].append(form)
        elif number == len(forms) and found["adjective"]:
            found["capital"].append(form)
        else:
            found["name"].append(form)
    return found
