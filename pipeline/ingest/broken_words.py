"""Words broken over two lines, and compounds broken by a stray space."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set

from pipeline.ingest.passages import Cut
from pipeline.ingest.words import HYPHEN_PREFIXES, SUSPENDED

REASON = "broken_word"

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"((?:[^\W\d_]+-)*)([^\W\d_]+)[-\u2010]$")
_FIRST = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"(?<=[^\W\d_]-)[^\W\d_]{1,40}-( {1,4})(?=[^\W\d_])")
_SOFT_HYPHEN = "\u00ad"


def breaks_word(line: str, following: str) -> bool:
    """Whether the last word of `line` goes on at the beginning of `following`."""
    if line.endswith(_SOFT_HYPHEN):
        return True
    if not line.endswith(("-", "\u2010")) or not _LAST.search(line[-60:]):
        return False
    first = _FIRST.match(following)
    return first is not None and first.group() not in SUSPENDED


def drops_hyphen(line: str, following: str, vocabulary: Set[str]) -> bool:
    """Whether the hyphen at the end of `line` is there for the line break only.

    The document decides: a spelling that it shows elsewhere wins. Failing that, the hyphen stays in names, in
    compounds and where one of the two halves is a word of the document.
    """
    if line.endswith(_SOFT_HYPHEN):
        return True
    last, first = _LAST.search(line[-60:]), _FIRST.match(following)
    if last is None or first is None:
        return False
    left, right = last.group(2), first.group()
    if f"{left}-{right}".lower() in vocabulary:
        return False
    if f"{left}{right}".lower() in vocabulary and not last.group(1):
        return True
    named = left[0].isupper() or right[0].isupper()
    known = left.lower() in vocabulary or right.lower() in vocabulary
    return not (named or known or last.group(1) or left.lower() in HYPHEN_PREFIXES)


def vocabulary(lines: Iterable[str]) -> frozenset[str]:
    """Every word of `lines` in lower case, compounds with hyphens as one; the halves of broken words are left out."""
    words: set[str] = set()
    broken = False
    for line in lines:
        whole = line.lower()
        if broken:
            whole = whole.partition(" ")[2]
        broken = line.endswith(("-", "\u2010", _SOFT_HYPHEN))
        if broken:
            whole = whole.rpartition(" ")[0]
        words.update(_WORD.findall(whole))
    return frozenset(words)


def stray_cuts(text: str) -> Iterator[Cut]:
    """Soft hyphens, and the space within a compound of three parts (`Marxist-Leninist- Mao`), in order."""
    if _SOFT_HYPHEN in text or "- " in text:
        for match in re.finditer(rf"{_SOFT_HYPHEN}|{_COMPOUND.pattern}", text):
            start, end = match.span(1) if match.group(1) else match.span()
            if _FIRST.match(text, end) is None or _first_word(text, end) not in SUSPENDED:
                yield Cut(start, end, REASON)


def _first_word(text: str, position: int) -> str:
    match = _FIRST.match(text, position)
    return match.group() if match else ""
