"""Running text put together from lines, with the way back to the raw offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MASK = "\x00"
"""Stands in a passage where a character was cut out, so that all other characters keep their place."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Characters `text[start:end]` of a passage that no sentence shows, with the reason."""

    start: int
    end: int
    reason: str


@dataclass(slots=True)
class Passage:
    """Running text between two breaks: a paragraph, or a whole section where paragraphs leave no trace.

    `text` joins the lines; characters cut out are masked. `places` and `raws` say for the start of each line where it
    lies in `text` and in the document.
    """

    text: str
    places: Sequence[int]
    raws: Sequence[int]
    section: str | None = None
    cuts: list[Cut] = field(default_factory=list)

    def raw(self, position: int) -> int:
        """Offset in the document of the character at `position`."""
        index = bisect_right(self.places, position) - 1
        return self.raws[index] + position - self.places[index]

    def mask(self, cuts: Iterable[Cut]) -> None:
        """Cut characters out; `cuts` are sorted and do not overlap."""
        pieces: list[str] = []
        last = 0
        for cut in cuts:
            pieces += (self.text[last : cut.start], MASK * (cut.end - cut.start))
            last = cut.end
            self.cuts.append(cut)
        if pieces:
            self.text = "".join([*pieces, self.text[last:]])


def fold(text: str) -> str:
    """`text` without what was cut out, white space folded to single spaces."""
    return " ".join(text.replace(MASK, "").split())
