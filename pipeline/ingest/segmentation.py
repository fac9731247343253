"""Where sentences end in running text.

Why not a library: syntok, rule-based and linear, was measured at 0.2 MB/s, a fifth of what ingest needs, and takes 0.1
s to import, which the classifier would pay at every start; spaCy brings a framework along; pysbd hangs on some inputs.
What is below is one pass of a regular expression that cannot backtrack, and a few decisions of bounded cost at each
full stop: linear in the length of any input.

The decisions follow Mikheev (2002), "Periods, Capitalized Words, etc.", Computational Linguistics 28(3): an
abbreviation ends a sentence only before a word that usually begins one. A quotation of several sentences is split.
"""

from __future__ import annotations

import re

from pipeline.ingest.enumerations import item_starts
from pipeline.ingest.passages import MASK
from pipeline.ingest.punctuation import BULLETS, CJK_STOPS, CLOSERS, CLOSING_MARKS, OPENERS, OPENING_MARKS, STOPS
from pipeline.ingest.words import BEFORE_CONTINUATION, BEFORE_NAME, BEFORE_NUMBER, DAYS_AND_ZONES, SAYING, STARTERS

_STOP = re.compile(rf"[{STOPS}]++(?:[ \xa0][.!?\u2026]++)*+[\x00{CLOSERS}]*+(?:[ \xa0\u202f]\u00bb)?+")
_CLOSING = f"\x00{CLOSING_MARKS} \xa0\u202f"
_BLANK = re.compile(r"[\s\x00]*+")
_OPENING = re.compile(rf"[\s\x00{OPENERS}{BULLETS}\u00bf\u00a1\u2013\u2014]*+")
_WORD = re.compile(r"[^\W\d_]++")
_ATTRIBUTION = re.compile(rf"(?:[A-Z][\w.\u2019'-]*+\s++){{1,4}}(?:{SAYING})\b")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_CLEAR = f"\x00 \t\r\n{OPENING_MARKS}"
_ROMAN = re.compile(r"[IVXL]{1,6}")
_LOOK_BACK = 24
_PARENTHESIS = 300
_QUOTATION = 2000


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of `text`, trimmed of white space, in order and without overlap.

    Every character that is neither white space nor a mask lies in exactly one span.
    """
    items = item_starts(text)
    spans: list[tuple[int, int]] = []
    start, upcoming = 0, 0
    for stop in _STOP.finditer(text):
        while upcoming < len(items) and items[upcoming].start <= stop.start():
            start = _close(text, start, items[upcoming].start, spans)
            upcoming += 1
        if upcoming and stop.start() < items[upcoming - 1].end:
            continue  # The full stop behind an item's number.
        if _ends_sentence(text, start, stop):
            start = _close(text, start, stop.end(), spans)
    for item in items[upcoming:]:
        start = _close(text, start, item.start, spans)
    _close(text, start, len(text), spans)
    return spans


def _close(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> int:
    """Append the trimmed span, if it holds anything, and return where the next one starts."""
    blank = _BLANK.match(text, start)
    first = min(blank.end(), end) if blank else start
    last = end
    while last > first and (text[last - 1].isspace() or text[last - 1] == MASK):
        last -= 1
    if last > first:
        spans.append((first, last))
    return end


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    end = stop.end()
    if end == len(text):
        return True
    mark = stop.group().rstrip(_CLOSING)
    if mark[-1] in CJK_STOPS:
        return True
    if not text[end].isspace():
        return _misses_space(text, stop, mark)
    opening = _OPENING.match(text, end)
    following = opening.end() if opening else end
    if following == len(text):
        return True
    letter = text[following]
    if letter.islower() or letter in ",;:":
        return False
    if _parenthesis_belongs(text, end):
        return False
    if mark[-1] in "!?":
        return not (len(mark) < len(stop.group()) and _ATTRIBUTION.match(text, following))
    if "\u2026" in mark or ".." in mark:
        return len(mark) < len(stop.group()) or not _within_quotation(text, stop.start())
    return _full_stop_ends(text, start, stop.start(), following)


def _misses_space(text: str, stop: re.Match[str], mark: str) -> bool:
    """`…of the plan.We spoke…`: a lower-case word, a full stop and a capitalised word without the space between."""
    begin, end = stop.span()
    return (
        len(mark) == end - begin == 1
        and text[end].isupper()
        and text[max(0, begin - 2) : begin].islower()
        and text[max(0, begin - 2) : begin].isalpha()
        and text[end + 1 : end + 2].islower()
    )


def _parenthesis_belongs(text: str, end: int) -> bool:
    """`… of citizens. (Articles 51-54).`: the full stop outside the bracket shows that it is no sentence of its own."""
    blank = _BLANK.match(text, end)
    begin = blank.end() if blank else end
    if text[begin : begin + 1] not in ("(", "["):
        return False
    close = text.find(")" if text[begin] == "(" else "]", begin, begin + _PARENTHESIS)
    return close > 0 and text[close - 1] not in ".!?" and text[close + 1 : close + 2] in (".", ",", ";")


def _within_quotation(text: str, position: int) -> bool:
    """Whether a quotation is open, looking back a bounded way. An ellipsis in one marks an omission, not an end."""
    low = max(0, position - _QUOTATION)
    if text.rfind("\u201c", low, position) > text.rfind("\u201d", low, position):
        return True
    if text.rfind("\u00ab", low, position) > text.rfind("\u00bb", low, position):
        return True
    return text.count('"', low, position) % 2 == 1


def _full_stop_ends(text: str, start: int, dot: int, following: int) -> bool:
    """Whether a single full stop before a capital letter or a number is more than an abbreviation's."""
    token = _token_before(text, start, dot)
    if not token:
        return True
    lower = token.lower()
    match = _WORD.match(text, following)
    word = match.group().lower() if match else ""
    if lower in BEFORE_NAME and (token[0].isupper() or "." in token or lower in ("vs", "viz", "cf")):
        return False
    if token.isdigit():
        return not _begins_sentence(text, start, dot - len(token))
    if lower in BEFORE_NUMBER and _names_number(text, following, lower):
        return False
    if lower in ("a.m", "p.m"):
        return word not in DAYS_AND_ZONES
    if lower in BEFORE_CONTINUATION or _ACRONYM.fullmatch(token):
        return word in STARTERS
    if len(token) == 1 and token.isupper():
        return word in STARTERS and not _begins_sentence(text, start, dot - 1)
    return True


def _names_number(text: str, position: int, abbreviation: str) -> bool:
    """Whether what follows is a number, a symbol with one (Doc. A/67/PV.3), or a Roman numeral (Art. IV)."""
    token = text[position : position + _LOOK_BACK].split(maxsplit=1)[0].rstrip(".,;:)]")
    if _ROMAN.fullmatch(token):
        return not (abbreviation in ("no", "nos") and token == "I")
    return any(letter.isdigit() for letter in token)


def _token_before(text: str, start: int, dot: int) -> str:
    """The word that the full stop at `dot` stands behind, without opening marks; empty if it is long."""
    window = text[max(start, dot - _LOOK_BACK) : dot]
    if not window or window[-1].isspace():
        return ""
    token = window.split()[-1].lstrip(_CLEAR)
    return token if len(token) < _LOOK_BACK - 4 else ""


def _begins_sentence(text: str, start: int, position: int) -> bool:
    return not text[max(start, position - _LOOK_BACK) : position].strip(_CLEAR)
