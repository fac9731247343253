"""What a title looks like."""

from __future__ import annotations

import re

NUMBER = re.compile(
    r"(?:[IVXLC]{1,6}\.|[A-Z][.)]|\d{1,2}[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?"
    r"|(?:Chapter|Section|Part|Article|Annex|Appendix)\s(?:\d{1,3}|[IVXLC]{1,6}|[A-Z])[.:]?)\s{1,4}(?=\S)"
)
_NAMED = re.compile(
    r"abstract|summary|executive summary|preface|foreword|acknowledgements|acknowledgments|contents|table of contents"
    r"|introduction|background|methods|methodology|results|discussion|conclusion|conclusions|recommendations"
    r"|appendix|annex",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_LONGEST = 150


def opens_heading(text: str) -> bool:
    """Whether the line begins a heading: a number and a capitalised title, or a well-known title."""
    match = NUMBER.match(text)
    return (match is not None and is_title(text[match.end() :])) or is_named(text)


def is_title(text: str) -> bool:
    """Whether the text begins with a capital letter, as do most of its longer words."""
    words = _WORD.findall(text[:_LONGEST])
    if not words:
        return text[:1].isupper()
    return text[:1].isupper() and sum(word[0].isupper() for word in words) >= 0.6 * len(words)


def is_named(text: str) -> bool:
    """Whether the text is a well-known title, such as Abstract or Conclusion."""
    return len(text) <= 30 and _NAMED.fullmatch(text) is not None
