"""Footnotes: their text at the foot of the page, and their marks within sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.passages import Cut
from pipeline.ingest.punctuation import CLOSING_MARKS
from pipeline.settings.corpus import CleaningSettings

MARK = "footnote_mark"

_RULE = re.compile(r"[_\-\u2013\u2014=\u2500]{5,}")
_NOTE = re.compile(r"(\d{1,3})[.)]?\s*(?=[^\W\d]|[\"\u201c\u2018(\u02f9\u300e])|[*\u2020\u2021]+\s*\w")
_NUMBERED = re.compile(r"(\d{1,3})[.)]?\s{1,4}(?=[^\W\d]|[\"\u201c\u2018])")
_COUNTED = re.compile(r"(\d{1,3})[.)]?\s")
_REACH = 5
_LONGEST_PAGE = 200
_CANDIDATE = re.compile(
    r"(?P<up>[\u00b9\u00b2\u00b3\u2070-\u2079]{1,3})"
    r"|(?P<bracket>\[\d{1,3}(?:[,\u2013-] ?\d{1,3}){0,8}\])"
    r"|(?<=[.!?,;:\u201d\u2019\"')\]\u2026])(?P<glued>\d{1,3})(?=\s|$)"
    r"|(?<=[^\W\d_])(?P<word>\d{1,3})(?=\s?[,.;:)]|\s|$)"
    r"|(?<=[.!?\u201d\"')]) {1,3}(?P<apart>\d{1,3})(?=\s|$)"
)
_STOPS = (",", ".", ";", ":")
_UNIT = re.compile(r"(?<![^\W\d_])[kcm]?m$")


def footnotes(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """The lines below a footnote separator, and numbered lines at the foot of a page whose marks the page shows.

    A separator is a line of dashes or underscores, or a wide run of blanks. On a text with pages the notes go on to the
    end of the page, and may begin with the rest of a note from the page before; otherwise they end with the last
    line that belongs to a note.
    """
    extents = _extents(lines)
    note, carried, index = 0, -1, 0
    while index < len(lines):
        line = lines[index]
        is_rule = _RULE.fullmatch(line.text) is not None
        first = index + is_rule
        if (is_rule or line.ruled) and first < len(lines):
            begins = _NOTE.match(lines[first].text) is not None
            if begins or (layout.paged and carried == line.page - 1):
                end = extents[line.page][1] if layout.paged else _notes_end(lines, first, layout)
                carried = line.page
                note = max([note, *_numbers(lines[first:end])])
                yield from range(index, end)
                index = end
                continue
        if layout.paged and _is_next_note(lines, index, note, extents[line.page]):
            end = extents[line.page][1]
            note = max([note, *_numbers(lines[index:end])])
            yield from range(index, end)
            index = end
            continue
        index += 1


def note_numbers(lines: Sequence[Line]) -> frozenset[int]:
    """Numbers of the footnotes that were found."""
    return frozenset(_numbers([line for line in lines if line.reason == "footnote"]))


class MarkFinder:
    """Finds footnote marks, passage by passage in the order of the document.

    A superscript or a bracketed number always is a mark. A plain number is one where a sentence or clause ends with it:
    behind a punctuation mark, or, if it is the number of one of the next notes, behind a word, a decimal point or a
    space. What follows must be able to begin a sentence.
    """

    def __init__(self, notes: frozenset[int]) -> None:
        self._notes = notes
        self._last = 0

    def cuts(self, text: str) -> Iterator[Cut]:
        """Marks of one passage, in order."""
        quotes, counted = 0, 0
        for match in _CANDIDATE.finditer(text):
            kind = match.lastgroup or ""
            start, end = match.span(kind)
            quotes += text.count('"', counted, start)
            counted = start
            if not self._is_mark(text, start, end, kind, quotes):
                continue
            if kind in ("glued", "word", "apart"):
                self._last = int(match.group(kind))
            # `Roosevelt24 , the` and `the Council [3].`: no space is left before the comma or full stop.
            if text[end : end + 1] == " " and text[end + 1 : end + 2] in _STOPS:
                end += 1
            elif start and text[start - 1] == " " and text[end : end + 1] in _STOPS:
                start -= 1
            yield Cut(start, end, MARK)

    def _is_mark(self, text: str, start: int, end: int, kind: str, quotes: int) -> bool:
        if kind == "up":
            return not _UNIT.search(text[max(0, start - 3) : start])
        if kind == "bracket":
            return start > 0
        due = self._is_due(int(text[start:end]))
        if kind == "word":
            return due
        before = text[max(0, start - 8) : start].rstrip()
        if before.endswith('"') and quotes % 2:
            return False  # Behind an opening quotation mark stands a number of the quotation.
        stripped = before.rstrip(CLOSING_MARKS)
        if not stripped.endswith((".", "!", "?", "\u2026")):
            return due and kind == "glued"
        if not _can_begin_sentence(text[end : end + 8].lstrip()):
            return False
        if kind == "apart" or stripped[-2:-1].isdigit():
            return due
        return not stripped.lower().endswith((" no.", " art.", " vol."))

    def _is_due(self, number: int) -> bool:
        return number in self._notes and self._last < number <= self._last + _REACH


def _can_begin_sentence(following: str) -> bool:
    return not following or following[0].isupper() or following[0] in "\u201c\u2018\"'(["


def _numbers(lines: Sequence[Line]) -> list[int]:
    """Numbers that notes begin with; one that goes on counting needs no word behind it."""
    numbers: list[int] = []
    for line in lines:
        match = _COUNTED.match(line.text)
        if match and (_NUMBERED.match(line.text) or (numbers and int(match.group(1)) == numbers[-1] + 1)):
            numbers.append(int(match.group(1)))
    return numbers


def _extents(lines: Sequence[Line]) -> dict[int, tuple[int, int]]:
    """First line of each page, and the line behind its last."""
    extents: dict[int, tuple[int, int]] = {}
    for index, line in enumerate(lines):
        extents[line.page] = (extents.get(line.page, (index, 0))[0], index + 1)
    return extents


def _notes_end(lines: Sequence[Line], index: int, layout: Layout) -> int:
    """Behind the last line that begins a note, or goes on with one whose line above ends no sentence."""
    end = index + 1
    while end < len(lines):
        above = lines[end - 1]
        full = layout.wrapped and len(above.text) >= 0.8 * layout.width
        if not (_NOTE.match(lines[end].text) or (not above.finished and (full or lines[end].continues))):
            break
        end += 1
    return end


def _is_next_note(lines: Sequence[Line], index: int, last: int, extent: tuple[int, int]) -> bool:
    """Whether the line is the note due next, in the lower half of a page that shows its mark above."""
    match = _NUMBERED.match(lines[index].text)
    if match is None or lines[index].reason is not None or int(match.group(1)) not in (last + 1, 1):
        return False
    number = match.group(1)
    begin, end = extent
    if index - begin < 0.4 * (end - begin):
        return False
    mark = re.compile(
        rf"(?:[.!?\u2026][\u201d\u2019\"')\]]{{0,3}}{number}(?=\s+[\"\u201c\u2018(]?[A-Z]|$)"
        rf"|(?<=[^\W\d_])[,;:]?[\u201d\u2019\"')\]]{{0,3}}{number}(?=[\s,.;:)]|$))"
    )
    return any(mark.search(line.text) for line in lines[max(begin, index - _LONGEST_PAGE) : index])
