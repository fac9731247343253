"""What goes in: sentences to classify, and lines that could not become one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence to classify.

    `context` is the text right before it, `target` what the stance is towards; each is read only by models trained so.
    """

    id: str
    text: str
    context: str = ""
    document: str | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line, row or document that gave no sentence, and why. `line` counts from 1 (rows, in Parquet)."""

    source: str
    line: int | None
    reason: str
    content: str | None = None
    """The beginning of what was rejected, as far as it is text."""


Unit = Item | Rejection
"""A source gives the same units in the same order whenever it is read: resuming counts them."""


def unencodable(text: str) -> str | None:
    """Why `text` cannot be written as UTF-8 again (a lone surrogate), or None where it can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"character {error.start + 1} is no Unicode text (a lone surrogate or a byte that is not UTF-8)"
    return None
