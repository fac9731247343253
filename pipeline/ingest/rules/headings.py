"""Headings, numbered or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.punctuation import BULLETS, DASHES
from pipeline.ingest.titles import NUMBER, is_named, is_title
from pipeline.settings.corpus import CleaningSettings

_INNER_STOP = re.compile(r"[a-z]{3}[.!?] [A-Z]")
_BULLET = re.compile(rf"[{BULLETS}{DASHES}]\s?|\(?(?:\d{{1,2}}|[a-z])[.)]\s")
_LONGEST = 150
_MOST_WORDS = 30
_BLOCK = 3


def numbered_headings(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """In wrapped text, a numbered or well-known title that no sentence runs into, and the short line it goes on in."""
    if not layout.wrapped:
        return
    short = settings.short_line * layout.width
    goes_on, heading = False, -1
    for index, line in enumerate(lines):
        before = _before(lines, index) if index - 1 != heading else None
        if line.reason is not None:
            goes_on = False
        elif _is_numbered(line, before, layout, short):
            goes_on, heading = not is_named(line.text), index
            yield index
        elif goes_on and len(line.text) < short and not _ends(line) and is_title(line.text):
            heading = index
            yield index
        else:
            goes_on = False


def plain_headings(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A line that ends no sentence and stands by itself: headline, date line, by-line, title.

    Where lines are paragraphs, any short line without a final punctuation mark, unless it is an item of a list; a
    text without any final punctuation has no headings. In wrapped text, a short line in title case, or up to three
    lines that blank lines set apart.
    """
    if not any(line.finished for line in lines if line.reason is None):
        return
    short = settings.short_line * layout.width
    if layout.wrapped and not layout.spaced:
        yield from _blocks_apart(lines, short)
    listed = False
    for index, line in enumerate(lines):
        bullet = _BULLET.match(line.text) is not None
        listed = listed if bullet else line.text.endswith(":")
        if line.reason is not None or _ends(line) or line.continues or len(line.text) > _LONGEST:
            continue
        if layout.wrapped:
            if _stands_alone(lines, index, short):
                yield index
        elif (
            len(line.text.split()) <= _MOST_WORDS
            and not _INNER_STOP.search(line.text)
            and not (bullet and listed)
            and not _runs_on(lines, index)
        ):
            yield index


def _is_numbered(line: Line, before: Line | None, layout: Layout, short: float) -> bool:
    if is_named(line.text):
        return True
    match = NUMBER.match(line.text)
    if match is None or _ends(line) or len(line.text) > min(_LONGEST, 1.3 * layout.width):
        return False
    rest = line.text[match.end() :]
    if before is not None and (before.text[-1] in ":;," or _BULLET.match(before.text)):
        return False
    if before is not None and not before.finished and len(before.text) >= short:
        return False
    return is_title(rest) or (rest[0].isupper() and len(line.text) < short and line.gap > 0 and not layout.spaced)


def _blocks_apart(lines: Sequence[Line], short: float) -> Iterator[int]:
    """Up to three lines between blank lines, the last one short, that end no sentence and are no part of one."""
    begin = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and not lines[end].gap:
            continue
        block = lines[begin:end]
        following = lines[end] if end < len(lines) else None
        goes_on = following is not None and following.reason is None and following.continues
        if (
            len(block) <= _BLOCK
            and all(line.reason is None for line in block)
            and not (_ends(block[-1]) or block[0].continues or goes_on or _BULLET.match(block[0].text))
            and len(block[-1].text) < short
            and sum(len(line.text) for line in block) <= _LONGEST
        ):
            yield from range(begin, end)
        begin = end


def _stands_alone(lines: Sequence[Line], index: int, short: float) -> bool:
    line = lines[index]
    before = _before(lines, index)
    following = lines[index + 1] if index + 1 < len(lines) else None
    if len(line.text) >= short or (before is not None and not before.finished and before.text[-1] != ":"):
        return False
    if before is not None and before.text[-1] == ":":
        return False
    if following is not None and following.reason is None and following.continues:
        return False
    return is_title(line.text) or line.text.isupper()


def _before(lines: Sequence[Line], index: int) -> Line | None:
    """The line above if it is running text."""
    return lines[index - 1] if index and lines[index - 1].reason is None else None


def _ends(line: Line) -> bool:
    return line.finished or line.text[-1] in ":;,-"


def _runs_on(lines: Sequence[Line], index: int) -> bool:
    """Whether the next line goes on with this one."""
    return index + 1 < len(lines) and lines[index + 1].reason is None and lines[index + 1].continues
