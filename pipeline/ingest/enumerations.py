"""Lists within running text: `… the following: 1) peace; 2) development.` becomes one unit an item."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.ingest.punctuation import BULLETS

_MARKER = re.compile(
    r"(?:(?<=\s)|(?<=\x00)|^)"
    r"(?:\((?P<both>\d{1,2}|[a-z]|[ivx]{2,5})\)|(?P<right>\d{1,2}|[a-z])\)|(?P<dot>\d{1,2})\.)(?=\s)"
    rf"|(?:(?<=\s)|(?<=\x00)|^)(?P<bullet>[{BULLETS}])"
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_REACH = 3000
"""Longest distance in characters between two items of a list."""


@dataclass(frozen=True, slots=True)
class Item:
    """The marker of a list item: it starts at `start`; its text begins behind `end`."""

    start: int
    end: int


def item_starts(text: str) -> list[Item]:
    """Markers at which a list item begins.

    A numbered list begins with its first number or letter behind a colon, counts up by one, and has two items at
    least. A bullet is always an item.
    """
    items: list[Item] = []
    run: list[Item] = []
    style, last = "", ""
    for match in _MARKER.finditer(text):
        kind = match.lastgroup or ""
        item = Item(match.start(), match.end())
        if kind == "bullet":
            items.append(item)
            continue
        value = match.group(kind)
        if run and kind == style and item.start - run[-1].start <= _REACH and _follows(last, value):
            run.append(item)
            last = value
        elif value in ("1", "a", "i") and _behind_colon(text, item.start):
            items.extend(run if len(run) > 1 else ())
            run, style, last = [item], kind, value
    items.extend(run if len(run) > 1 else ())
    return sorted(items, key=lambda item: item.start)


def _follows(last: str, value: str) -> bool:
    if last.isdigit():
        return value.isdigit() and int(value) == int(last) + 1
    if last in _ROMAN[:-1] and value == _ROMAN[_ROMAN.index(last) + 1]:
        return True
    return len(last) == len(value) == 1 and ord(value) == ord(last) + 1


def _behind_colon(text: str, position: int) -> bool:
    return text[max(0, position - 8) : position].rstrip().endswith(":")
