"""Names in a sentence: found with word lists and by their capitals, and masked.

No model is needed, so nothing is downloaded and equal text is masked alike everywhere. The price is recall and
precision below those of a trained recogniser: a name that begins a sentence and looks like an ordinary word stays, and
a capitalised common noun goes. The lists are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.word_lists import word_lists

ENTITY = "Entity"
HOLDER = "Holder"
"""What stands for a masked name: a word that any tokenizer and any n-gram model can read."""

_WORD = re.compile(r"[^\W\d_](?:[\w&-]|['\u2019.](?=\w))*")
_BEGINS = re.compile(
    r"(?:^"
    r"|[.!?:;\u2026][\s\"'\u201d\u2019)\]]*"  # the end of a sentence, quotation marks and brackets closed
    r"|[\"\u201c\u2018(\[]\s*"  # an opening one
    r"|[-\u2013\u2014\u2022]\s+|\d[.)]\s+)$"  # the mark of a list item
)
"""What stands before a word that begins a sentence, a quotation or a parenthesis, where every word has a capital."""
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_FIRST_PERSON = re.compile(r"I(?:['\u2019]\w+)?$")


class NameMasker:
    """Masks names; `ordinary` holds words, in lower case, that need not be names where they begin a sentence."""

    def __init__(self, ordinary: Iterable[str]) -> None:
        self.ordinary = frozenset((*ordinary, *word_lists()["openers"]))

    @classmethod
    def of(cls, texts: Iterable[str]) -> NameMasker:
        """A masker that knows as ordinary every word that stands in lower case anywhere in `texts`."""
        return cls(word for text in texts for word in _WORD.findall(text) if word.islower())

    def mask_entities(self, text: str) -> str:
        """`text` with every name as `Entity`: what the lists know, and whatever else bears a capital.

        The first word of a sentence, quotation or parenthesis counts as a name where it is an abbreviation or is not
        among the ordinary words. A run of names is one.
        """
        return self._masked(text, ENTITY)

    def mask_holders(self, text: str) -> str:
        """`text` with everybody who may hold a position as `Holder`: every name, and offices (government, envoy)."""
        return _run_of(HOLDER).sub(HOLDER, _offices().sub(HOLDER, self._masked(text, HOLDER)))

    def _masked(self, text: str, mask: str) -> str:
        listed = _listed().sub(mask, text)
        masked = _WORD.sub(lambda match: self._word(match, listed, mask), listed)
        return _run_of(mask).sub(mask, masked)

    def _word(self, match: re.Match[str], text: str, mask: str) -> str:
        word = match.group()
        stem = _POSSESSIVE.sub("", word)
        if not stem[0].isupper() or stem == mask or _FIRST_PERSON.match(stem):
            return word
        abbreviation = sum(letter.isupper() for letter in stem) > 1
        ordinary = stem.lower() in self.ordinary and not abbreviation
        if ordinary and _BEGINS.search(text, 0, match.start()):
            return word
        return mask + word[len(stem) :]


@cache
def _listed() -> re.Pattern[str]:
    """Countries and organisations as they are written; the article before them stays."""
    return re.compile(rf"(?<!\w){_either('countries', 'organisations')}(?!\w)")


@cache
def _offices() -> re.Pattern[str]:
    return re.compile(rf"(?i)\b{_either('offices')}s?\b")


@cache
def _run_of(mask: str) -> re.Pattern[str]:
    """Masks side by side, or joined as the words of one name are (`Council of Europe`)."""
    return re.compile(rf"{mask}(?:(?:[ -]| of | of the | for ){mask})+\b")


def _either(*names: str) -> str:
    """A pattern for the entries of the lists `names`, the longest first."""
    entries = sorted({entry for name in names for entry in word_lists()[name]}, key=lambda one: (-len(one), one))
    return f"(?:{'|'.join(map(re.escape, entries))})"
