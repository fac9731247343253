"""The lines of a document with their exact place, and how its text is laid out on them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.ingest.punctuation import CLOSERS, STOPS

_WIDE_BLANK = 30
_END = re.compile(rf"[{STOPS}][{CLOSERS}]*\s?\d{{0,3}}$")
_PROSE_LIMIT = 200


@dataclass(slots=True)
class Line:
    """One line that holds more than white space; `text` is `document.text[start:end]` without white space around it.

    `gap` counts the blank lines above. `ruled`: one of them is so wide a run of blanks that it separates footnotes.
    `page` counts from 0. `reason` tells why the line is no running text; None while it is.
    """

    text: str
    start: int
    end: int
    indent: int = 0
    gap: int = 0
    ruled: bool = False
    page: int = 0
    reason: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the line ends a sentence, a footnote mark behind it or not."""
        return _END.search(self.text[-10:]) is not None

    @property
    def continues(self) -> bool:
        """Whether the line visibly goes on with a sentence: it begins with a lower-case letter."""
        return self.text[0].islower()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `text[start:end]` of a document that are no running text, whatever the general rules say."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document uses its lines.

    `wrapped`: lines are broken at a width, so that sentences run over them; otherwise a line is a paragraph.
    `spaced`: wrapped lines are set apart by blank lines, so that these do not separate paragraphs. `width` is the
    usual length of a full line in characters. `paged`: it is known where more than one page starts.
    """

    wrapped: bool
    spaced: bool
    paged: bool
    width: int


def split_lines(text: str, pages: Sequence[int] = (), cuts: Iterable[int] = ()) -> list[Line]:
    """Lines of `text` that hold more than white space; a line that holds one of the offsets `cuts` is cut there."""
    lines: list[Line] = []
    borders = sorted(cut for cut in set(cuts) if 0 < cut < len(text))
    position, gap, ruled, upcoming = 0, 0, False, 0
    for raw in text.splitlines(keepends=True):
        begin, position = position, position + len(raw)
        body = raw.strip()
        if not body:
            gap += 1
            ruled = ruled or len(raw) > _WIDE_BLANK
            continue
        start = begin + len(raw) - len(raw.lstrip())
        line = Line(body, start, start + len(body), start - begin, gap, ruled)
        gap, ruled = 0, False
        while upcoming < len(borders) and borders[upcoming] <= line.start:
            upcoming += 1
        if upcoming < len(borders) and borders[upcoming] < line.end:
            lines.extend(_cut(line, borders[upcoming : bisect_right(borders, line.end)]))
        else:
            lines.append(line)
    if pages:
        for line in lines:
            line.page = max(0, bisect_right(pages, line.start) - 1)
    return lines


def _cut(line: Line, borders: Sequence[int]) -> list[Line]:
    edges = [line.start, *(border for border in borders if border < line.end), line.end]
    parts: list[Line] = []
    for begin, end in pairwise(edges):
        piece = line.text[begin - line.start : end - line.start]
        body = piece.strip()
        if body:
            start = begin + len(piece) - len(piece.lstrip())
            parts.append(Line(body, start, start + len(body), line.indent, 0 if parts else line.gap, line.ruled))
    return parts


def measure(lines: Sequence[Line], *, paged: bool = False) -> Layout:
    """Judge the layout from how often a line goes on with the sentence of the line before."""
    if not lines:
        return Layout(wrapped=False, spaced=False, paged=paged, width=0)
    lengths = sorted(len(line.text) for line in lines)
    width = lengths[min(len(lengths) - 1, int(len(lengths) * 0.9))]
    broken = [
        line
        for before, line in pairwise(lines)
        if (line.continues or _caseless(line.text[0])) and not before.finished and before.text[-1] not in ":;"
    ]
    wrapped = width <= _PROSE_LIMIT and len(broken) >= max(1, 0.15 * (len(lines) - 1))
    spaced = wrapped and sum(line.gap > 0 for line in broken) > 0.5 * len(broken)
    return Layout(wrapped, spaced, paged, width)


def _caseless(letter: str) -> bool:
    return letter.isalpha() and letter.lower() == letter.upper()
