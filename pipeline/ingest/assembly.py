"""Lines become passages: what belongs together is joined, whatever was dropped between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.ingest.broken_words import REASON as BROKEN_WORD
from pipeline.ingest.broken_words import breaks_word, drops_hyphen, vocabulary
from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.passages import Cut, Passage
from pipeline.ingest.punctuation import BULLETS, DASHES
from pipeline.ingest.titles import opens_heading
from pipeline.ingest.words import DANGLING

BREAKING = frozenset(
    {
        "outside_article",
        "heading",
        "navigation",
        "repeated_headline",
        "references",
        "foreign_language",
        "keywords",
        "no_words",
    }
)
"""Reasons that end a passage. A sentence may run around everything else: a footnote, a table, a page number."""

_BULLET = re.compile(rf"[{BULLETS}]|[{DASHES}]\s+\S")

_IDEOGRAPH = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")


@dataclass
class Assembler:
    """Joins the lines of one document that no rule dropped; `short` is the length below which a line is short.

    Without `join`, each line stays by itself.
    """

    lines: Sequence[Line]
    layout: Layout
    short: float
    join: bool = True

    def passages(self) -> list[Passage]:
        """Passages in order, each with the heading that it stands under."""
        done: list[Passage] = []
        current: list[Line] = []
        heading: list[str] = []
        before: Line | None = None
        crossed = False
        for line in self.lines:
            if line.reason is not None:
                if line.reason in BREAKING:
                    self._close(current, heading, done)
                    crossed = False
                if line.reason == "heading":
                    above = before is not None and before.reason == "heading" and self.layout.wrapped
                    goes_on = above and not opens_heading(line.text)
                    heading = [*heading, line.text] if goes_on else [line.text]
                crossed = True
            else:
                if current and self._breaks(current, line, crossed):
                    self._close(current, heading, done)
                current.append(line)
                crossed = False
            before = line
        self._close(current, heading, done)
        return done

    def _breaks(self, above: Sequence[Line], line: Line, crossed: bool) -> bool:
        """Whether a new paragraph begins with `line`, below the lines of the current one."""
        before = above[-1]
        if not self.join:
            return True
        goes_on = line.continues and not before.finished and before.text[-1] not in ":;"
        if not self.layout.wrapped:
            return not goes_on
        if _BULLET.match(line.text):
            # A dash may also go on with a sentence, but not below an item with a dash.
            listed = above[0].text[:2] == line.text[:2]
            return listed or line.text[0] not in DASHES or before.finished or before.text[-1] in ":;,"
        if line.gap and not self.layout.spaced and not crossed:
            return not goes_on
        dangling = before.text[-1] in "-," or before.text.rpartition(" ")[2].lower() in DANGLING
        return len(before.text) < self.short and not line.continues and not dangling

    def _close(self, lines: list[Line], heading: Sequence[str], done: list[Passage]) -> None:
        if not lines:
            return
        pieces: list[str] = []
        places: list[int] = []
        cuts: list[Cut] = []
        length = 0
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            places.append(length)
            pieces.append(line.text)
            length += len(line.text)
            if following is None:
                break
            if breaks_word(line.text, following.text):
                if drops_hyphen(line.text, following.text, self._vocabulary):
                    cuts.append(Cut(length - 1, length, BROKEN_WORD))
            elif not (_IDEOGRAPH.match(line.text[-1]) and _IDEOGRAPH.match(following.text)):
                pieces.append(" ")
                length += 1
        section = " ".join(" ".join(heading).split()) or None
        passage = Passage("".join(pieces), places, [line.start for line in lines], section)
        passage.mask(cuts)
        done.append(passage)
        lines.clear()

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return vocabulary(line.text for line in self.lines)
