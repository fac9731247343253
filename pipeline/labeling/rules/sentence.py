"""A sentence as labelling functions see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.labeling.rules.quotation import Span, quotations, stays_open
from pipeline.labeling.rules.speaker import speaker
from pipeline.labeling.rules.words import Words

_ALIKE = str.maketrans({"\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u2010": "-", "\u2011": "-"})


@dataclass(frozen=True)
class SentenceInContext:
    """`text` with the sentence before it (`context`, empty at a beginning) and the heading that it stands under.

    `section` is None where nobody knows it, as for a sentence that is classified on its own.
    """

    text: str
    context: str = ""
    section: str | None = None

    @cached_property
    def plain(self) -> str:
        """`text`, character by character, with straight apostrophes and plain hyphens and spaces: what patterns see."""
        return self.text.translate(_ALIKE)

    @cached_property
    def quotations(self) -> tuple[Span, ...]:
        """Quoted spans of `text`; a quotation that `context` leaves open runs on."""
        return quotations(self.text, stays_open(self.context))

    @cached_property
    def speaker(self) -> str:
        """The words that name the speaker; of a sentence that is quoted throughout, those of the sentence before."""
        own = speaker(self.plain, self.quotations)
        if own or not self._all_quoted():
            return own
        before = self.context.translate(_ALIKE)
        return speaker(before, quotations(before))

    @cached_property
    def words(self) -> Words:
        """The words of `plain`."""
        return Words.of(self.plain)

    @cached_property
    def speaker_words(self) -> Words:
        """The words of `speaker`."""
        return Words.of(self.speaker)

    @cached_property
    def section_words(self) -> Words:
        """The words of `section`, none where it is not known."""
        return Words.of((self.section or "").translate(_ALIKE))

    def quoted(self, start: int, end: int) -> bool:
        """Whether `text[start:end]` lies in a quotation."""
        return any(first <= start and end <= last for first, last in self.quotations)

    def _all_quoted(self) -> bool:
        outside = (place for place, character in enumerate(self.text) if character.isalnum())
        return bool(self.quotations) and all(self.quoted(place, place + 1) for place in outside)
