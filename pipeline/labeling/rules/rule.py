"""One rule: when it holds, it votes for its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.labeling.rules.negation import negated
from pipeline.labeling.rules.pattern import Pattern
from pipeline.labeling.rules.sentence import SentenceInContext
from pipeline.labeling.rules.words import Words


@dataclass(frozen=True, slots=True)
class Rule:
    """A labelling function made of patterns; `place` is `file:line`, `reason` says why the label follows.

    It holds where one of `match` is found that is negated or not as `negation` says, and quoted or not as `quotation`
    says (None: either), none of `unless` is found in the sentence, one of `speaker` in the words that name the
    speaker, and one of `section` in the heading above. An empty list asks for nothing.
    """

    name: str
    task: str
    label: str
    reason: str
    place: str
    match: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    speaker: tuple[Pattern, ...] = ()
    section: tuple[Pattern, ...] = ()
    negation: bool | None = False
    quotation: bool | None = None

    def vote(self, sentence: SentenceInContext) -> str | None:
        """The rule's label where it holds, None (an abstention) elsewhere."""
        holds = (
            (not self.match or self._found(sentence))
            and (not self.speaker or _any(self.speaker, sentence.speaker_words))
            and (not self.section or _any(self.section, sentence.section_words))
            and not _any(self.unless, sentence.words)
        )
        return self.label if holds else None

    def _found(self, sentence: SentenceInContext) -> bool:
        return any(
            (self.negation is None or negated(sentence.plain, start) == self.negation)
            and (self.quotation is None or sentence.quoted(start, end) == self.quotation)
            for pattern in self.match
            for start, end in pattern.found(sentence.words)
        )


def _any(patterns: Sequence[Pattern], words: Words) -> bool:
    return any(True for pattern in patterns for _ in pattern.found(words))
