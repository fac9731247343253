"""What belongs to the page and not to the text: its number, and the heads and feet that run through all pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.rules.floats import is_caption
from pipeline.settings.corpus import CleaningSettings

_NUMBER = re.compile(
    r"(?:[-\u2013\u2014|\[(]\s?)?(?:page|p\.)?\s?\d{1,4}(?:\s?(?:of|/|\|)\s?\d{1,4})?(?:\s?[-\u2013\u2014|\])])?",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"[ivxl]{1,6}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_EDGE = 2
_LONGEST_HEAD = 120
_LONGEST_NUMBER = 16


def page_numbers(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A number alone on its line, at the edge of a page where pages are known; a Roman one only there."""
    for index, line in enumerate(lines):
        if line.reason is not None or len(line.text) > _LONGEST_NUMBER:
            continue
        if layout.paged:
            if (_NUMBER.fullmatch(line.text) or _ROMAN.fullmatch(line.text)) and _at_edge(lines, index):
                yield index
        elif _NUMBER.fullmatch(line.text):
            yield index


def running_heads(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A short line that, digits aside, is the first or last line of several pages; then the same one line inwards."""
    if not layout.paged:
        return
    pages: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.reason is None:
            pages[line.page].append(index)
    for _ in range(_EDGE):
        places: dict[str, set[int]] = defaultdict(set)
        for indices in pages.values():
            for index in (*indices[:1], *indices[-1:]):
                if len(lines[index].text) <= _LONGEST_HEAD and not is_caption(lines[index].text):
                    places[_DIGITS.sub("#", lines[index].text).casefold()].add(index)
        repeated = [
            index
            for indices in places.values()
            if len({lines[index].page for index in indices}) >= settings.running_head_pages
            for index in sorted(indices)
        ]
        yield from repeated
        for index in repeated:
            pages[lines[index].page].remove(index)


def _at_edge(lines: Sequence[Line], index: int) -> bool:
    page = lines[index].page
    first = index < _EDGE or lines[index - _EDGE].page != page
    last = index + _EDGE >= len(lines) or lines[index + _EDGE].page != page
    return first or last
