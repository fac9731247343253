"""Tables and figures: caption, content and source note."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.titles import opens_heading
from pipeline.settings.corpus import CleaningSettings

_NUMBER = r"\s+(?:\d{1,3}|[IVXL]{1,5}|[A-Z]\d?)(?:\.\d{1,2})?\s?[.:\u2013\u2014-]"
_TABLE = re.compile(rf"(?:table|box){_NUMBER}", re.IGNORECASE)
_FIGURE = re.compile(rf"(?:figure|fig\.?|chart|graph|map|diagram|photo|plate){_NUMBER}", re.IGNORECASE)
_SOURCE = re.compile(r"(?:sources?|notes?)\s?:", re.IGNORECASE)
_COLUMNS = re.compile(r"\t|\S {3,}\S.* {3,}\S|\|.*\|")
_CELL_LINE = 80


def is_caption(text: str) -> bool:
    """Whether the line opens the caption of a table or figure."""
    return _TABLE.match(text) is not None or _FIGURE.match(text) is not None


def captioned_tables(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A table caption with the cells and the source note below it."""
    return _captioned(lines, _TABLE, layout, settings)


def captioned_figures(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A figure caption with the words of the figure and the source note below it."""
    return _captioned(lines, _FIGURE, layout, settings)


def columns(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """Lines of columns, three or more together, with or without a caption."""
    run: list[int] = []
    for index, line in enumerate(lines):
        if line.reason is None and len(line.text) <= 400 and _COLUMNS.search(line.text):
            run.append(index)
            continue
        if len(run) >= 3:
            yield from run
        run = []
    if len(run) >= 3:
        yield from run


def fragments(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """In wrapped text, several short lines in a row that end no sentence: the words within a figure."""
    if not layout.wrapped:
        return
    short = settings.short_line * layout.width
    run: list[int] = []
    flowing = False
    for index, line in enumerate(lines):
        # Where blank lines part paragraphs, they also part the words of a figure from a heading.
        if line.reason is not None or not _is_fragment(line, short) or (line.gap and not layout.spaced):
            yield from run if len(run) >= settings.figure_lines else ()
            run = []
        if line.reason is None and _is_fragment(line, short):
            if run or not (flowing or _follows_list_mark(lines, index)):
                run.append(index)
        else:
            # A sentence that a full line leaves open flows on, however short the lines below.
            flowing = line.reason is None
        flowing = flowing and not line.finished
    yield from run if len(run) >= settings.figure_lines else ()


def _captioned(
    lines: Sequence[Line], caption: re.Pattern[str], layout: Layout, settings: CleaningSettings
) -> Iterator[int]:
    index = 0
    while index < len(lines):
        if lines[index].reason is None and caption.match(lines[index].text):
            end = _float_end(lines, index, layout, settings)
            yield from (place for place in range(index, end) if lines[place].reason is None)
            index = end
        else:
            index += 1


def _float_end(lines: Sequence[Line], index: int, layout: Layout, settings: CleaningSettings) -> int:
    """The index behind the last line of the float whose caption is at `index`."""
    short = settings.short_line * layout.width if layout.wrapped else _CELL_LINE
    end = index + 1
    while end < len(lines):
        line = lines[end]
        if (line.reason is not None and line.reason != "page_number") or opens_heading(line.text):
            break
        if _SOURCE.match(line.text):
            return _source_end(lines, end, layout)
        if line.reason is None and not (_is_cell(line, short) or (layout.wrapped and _is_fragment(line, short))):
            break
        end += 1
    while end > index + 1 and lines[end - 1].reason == "page_number":
        end -= 1
    return end


def _source_end(lines: Sequence[Line], index: int, layout: Layout) -> int:
    """A source note goes on while its line is full and the next one continues it, or while a quotation is open."""
    end, quotes = index + 1, lines[index].text.count('"')
    while (
        end < len(lines)
        and lines[end].reason is None
        and lines[end].page == lines[end - 1].page
        and layout.wrapped
        and len(lines[end - 1].text) >= 0.8 * layout.width
        and (lines[end].continues or quotes % 2)
    ):
        quotes += lines[end].text.count('"')
        end += 1
    return end


def _is_cell(line: Line, short: float) -> bool:
    """A row of a table: columns, or numbers for at least a third of its words, or a fragment."""
    if len(line.text) > 400:
        return False
    words = line.text.split()
    numbers = sum(any(letter.isdigit() for letter in word) for word in words)
    return bool(_COLUMNS.search(line.text)) or (numbers >= 3 and 3 * numbers >= len(words)) or _is_fragment(line, short)


def _is_fragment(line: Line, short: float) -> bool:
    """A short line that is no sentence: it ends none, or begins in the midst of one."""
    return len(line.text) < short and (not line.finished or line.continues) and line.text[-1] not in ":;"


def _follows_list_mark(lines: Sequence[Line], index: int) -> bool:
    """Whether the line above announces a list or is an item of one."""
    return index > 0 and lines[index - 1].reason is None and lines[index - 1].text[-1] in ":;,"
