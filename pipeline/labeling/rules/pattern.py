"""Patterns of the rules: sequences of words, or regular expressions between slashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import regex

from pipeline.errors import DataError
from pipeline.labeling.rules.words import Words, pattern_keys

_TIMEOUT = 1.0
"""Seconds of computing that one regular expression may take on one text; a sane one takes some microseconds."""
_PROBES = ("a" * 3000 + "!", "word " * 600 + "!", "1,2.3; " * 400)
"""Texts on which an expression that backtracks without bound takes for ever."""
_WIDEST_GAP = 30

Phrase = tuple[str, ...]
"""Keys of successive words, as `Words` has them."""
Terms = Mapping[str, Sequence[Phrase]]
"""Word lists by name."""


class Pattern(Protocol):
    """Something to look for in a text."""

    def found(self, words: Words) -> Iterator[tuple[int, int]]:
        """Spans of characters of the matches, from left to right."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """Phrases of which one must follow at most `gap` words behind the step before; `rests` lists them by first word."""

    gap: int
    rests: Mapping[str, Sequence[Phrase]]

    def ends(self, words: Words, start: int) -> set[int]:
        """Where the phrases end that begin with word `start`, each the index of the next word."""
        ends = set()
        for key in words.keys[start] & self.rests.keys():
            for rest in self.rests[key]:
                stop = start + 1 + len(rest)
                follows = zip(rest, words.keys[start + 1 : stop], strict=False)
                if stop <= len(words.keys) and all(one in keys for one, keys in follows):
                    ends.add(stop)
        return ends


@dataclass(frozen=True, slots=True)
class WordPattern:
    """Steps one after the other, within a clause; with `anchored`, the first one at the beginning of the text.

    There is no backtracking: a text of n words takes at most n times the sum of the gaps.
    """

    steps: tuple[Step, ...]
    anchored: bool

    def found(self, words: Words) -> Iterator[tuple[int, int]]:
        """Spans of characters, at most one for each first word."""
        if any(words.places.keys().isdisjoint(step.rests) for step in self.steps):
            return
        first = self.steps[0]
        for start in sorted({place for key in first.rests for place in words.places.get(key, ())}):
            if self.anchored and start > first.gap:
                return
            ends = first.ends(words, start)
            for step in self.steps[1:]:
                ends = {
                    stop for end in ends for place in _reach(words, end, step.gap) for stop in step.ends(words, place)
                }
            if ends := {end for end in ends if words.clauses[end - 1] == words.clauses[start]}:
                yield words.spans[start][0], words.spans[min(ends) - 1][1]


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression, whatever its case; `place` is `file:line`."""

    place: str
    compiled: regex.Pattern[str]

    def found(self, words: Words) -> Iterator[tuple[int, int]]:
        """Spans of the matches; raises DataError for an expression that takes too long."""
        try:
            for match in self.compiled.finditer(words.text, timeout=_TIMEOUT):
                yield match.span()
        except TimeoutError:
            raise DataError(
                f"{self.place}: /{self.compiled.pattern}/ takes more than {_TIMEOUT:g} s on a text of"
                f" {len(words.text)} characters; bound its repetitions"
            ) from None


def compile_pattern(source: str, place: str, terms: Terms) -> Pattern:
    """Compile `source`: a regular expression where it stands between slashes, else words parted by white space.

    A step of a word pattern is a word, alternatives parted by `|`, a list of `terms` as `<name>`, or `..3`: up to three
    words of any kind; `^` before the first step ties it to the beginning of the text. `*` stands for any rest of a
    word, `_` for a space within an alternative. Case does not matter, except that a word in capitals matches capitals
    only. Words match across commas and quotation marks, not across a semicolon. Raises DataError for a pattern that is
    broken, or for an expression that matches the empty text or backtracks without bound.
    """
    if len(source) > 2 and source.startswith("/") and source.endswith("/"):
        return _expression(source[1:-1], place)
    parts = source.split()
    anchored = parts[:1] == ["^"]
    steps: list[Step] = []
    gap: int | None = None
    for part in parts[anchored:]:
        if part.startswith(".."):
            width = int(part[2:]) if part[2:].isdecimal() else 0
            if not 1 <= width <= _WIDEST_GAP or gap is not None or not (steps or anchored):
                raise DataError(f"{place}: {part!r} is no gap; write ..1 to ..{_WIDEST_GAP} between two words")
            gap = width
        else:
            steps.append(_step(gap or 0, [phrase for one in part.split("|") for phrase in phrases(one, place, terms)]))
            gap = None
    if not steps or gap is not None:
        raise DataError(f"{place}: {source!r} must end with a word")
    return WordPattern(tuple(steps), anchored)


def phrases(alternative: str, place: str, terms: Terms) -> Sequence[Phrase]:
    """The phrases that `alternative` stands for: itself, or those of a list of `terms`; raises DataError."""
    if alternative.startswith("<") and alternative.endswith(">"):
        if alternative[1:-1] not in terms:
            known = ", ".join(terms) or "none"
            raise DataError(f"{place}: {alternative} is not among the terms of the file ({known}); add it, or mend it")
        return terms[alternative[1:-1]]
    try:
        return [pattern_keys(alternative.replace("_", " "))]
    except ValueError as error:
        raise DataError(
            f"{place}: {alternative!r} cannot be matched ({error}); write words, or a regular expression as '/…/'"
        ) from None


def _step(gap: int, listed: Sequence[Phrase]) -> Step:
    rests: dict[str, list[Phrase]] = defaultdict(list)
    for first, *rest in listed:
        rests[first].append(tuple(rest))
    return Step(gap, dict(rests))


def _reach(words: Words, end: int, gap: int) -> range:
    """The words at which the next step may begin."""
    return range(end, min(end + gap + 1, len(words.keys)))


def _expression(source: str, place: str) -> Expression:
    try:
        found = Expression(place, regex.compile(source, regex.IGNORECASE))
    except (regex.error, OverflowError) as error:
        raise DataError(f"{place}: /{source}/ is no regular expression ({error})") from None
    if any(found.found(Words.of(""))):
        raise DataError(f"{place}: /{source}/ matches the empty text, so it would match everywhere; ask for a word")
    for probe in _PROBES:
        any(found.found(Words(probe, (), (), (), {})))
    return found
