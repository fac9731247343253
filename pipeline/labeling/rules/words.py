"""A text as its words, indexed so that most patterns see at once that they are not in it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

_WORD = re.compile(r"\w+(?:-\w+)*")
_BREAK = re.compile(r"[;!?]")
SHORTEST_PREFIX = 2
"""Letters that a word with a `*` must at least begin with."""


@dataclass(frozen=True)
class Words:
    """The words of `text`: letters and digits, with hyphens inside; an apostrophe parts words ("China's": two).

    `spans[i]` are the characters of word i, `clauses[i]` counts the semicolons, exclamation and question marks before
    it. `keys[i]` are all the ways in which a pattern may ask for word i: as it is in lower case, by its beginning
    ("vot*"), and as "=UN" where it is in capitals. `places` lists the words by key.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    clauses: tuple[int, ...]
    keys: tuple[frozenset[str], ...]
    places: dict[str, list[int]]

    @classmethod
    def of(cls, text: str) -> Words:
        """Split `text` into words."""
        found = list(_WORD.finditer(text))
        breaks = [match.start() for match in _BREAK.finditer(text)]
        places: dict[str, list[int]] = defaultdict(list)
        keys = []
        for index, match in enumerate(found):
            own = _keys(match.group())
            keys.append(own)
            for key in own:
                places[key].append(index)
        clauses = tuple(sum(place < match.start() for place in breaks) for match in found)
        return cls(text, tuple(match.span() for match in found), clauses, tuple(keys), dict(places))


def pattern_keys(phrase: str) -> tuple[str, ...]:
    """How a pattern asks for the words of `phrase`, one key a word; raises ValueError for what is no phrase."""
    parts = phrase.replace("'", " ").replace(".", " ").split()
    keys = []
    for part in parts:
        stem = part.removesuffix("*")
        if not _WORD.fullmatch(stem):
            raise ValueError(f"{part!r} is no word")
        if stem != part and len(stem) < SHORTEST_PREFIX:
            raise ValueError(f"{part!r} begins too many words")
        if stem == part and _in_capitals(part):
            keys.append(f"={part}")
        else:
            keys.append(part.lower())
    if not keys:
        raise ValueError("it has no word")
    return tuple(keys)


def _keys(word: str) -> frozenset[str]:
    lower = word.lower()
    keys = {lower[:length] + "*" for length in range(SHORTEST_PREFIX, len(lower) + 1)}
    keys.add(lower)
    if _in_capitals(word):
        keys.add(f"={word}")
    return frozenset(keys)


def _in_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()
