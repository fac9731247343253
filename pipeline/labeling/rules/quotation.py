"""Which parts of a sentence are quoted."""

from __future__ import annotations

_OPENING, _CLOSING, _EITHER = "\u201c\u00ab", "\u201d\u00bb", '"\u201e'

Span = tuple[int, int]
"""Characters `text[start:end]`."""


def quotations(text: str, opened: bool = False) -> tuple[Span, ...]:
    """Spans of `text` between double quotation marks, marks included, in order.

    `opened`: a quotation runs on from the sentence before. Quotations over several sentences leave marks without a
    partner: one that closes nothing closes what began before the sentence, one that is never closed runs to the end.
    """
    spans: list[Span] = []
    start = 0 if opened else None
    for position, character in enumerate(text):
        closes = character in _CLOSING or (character in _EITHER and (start is not None or _ends_word(text, position)))
        if closes:
            if start is not None or not spans:
                spans.append((start or 0, position + 1))
            start = None
        elif start is None and character in _OPENING + _EITHER:
            start = position
    if start is not None:
        spans.append((start, len(text)))
    return tuple(spans)


def stays_open(text: str) -> bool:
    """Whether a quotation that `text` opens is not closed in it."""
    spans = quotations(text)
    return bool(spans) and spans[-1][1] == len(text) and text[-1] not in _CLOSING + _EITHER


def _ends_word(text: str, position: int) -> bool:
    """True for a straight mark right behind a word or a full stop, where a quotation ends rather than begins."""
    before, after = text[position - 1 : position], text[position + 1 : position + 2]
    return bool(before) and not before.isspace() and before not in "([\u2014-" and (not after or not after.isalnum())
