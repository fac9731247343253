"""Text of documents is data: it never becomes markup, neither in HTML nor in Markdown."""

from __future__ import annotations

import hashlib
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_ACTIVE = re.compile(r"[\\`*_\[\]|~#!$@]")
_LINK = re.compile(r"(?i)(https?|ftp|mailto)(:)|(www)(\.)")
_EMOJI = re.compile(r":(?=[\w+-]+:)")
_OPENING = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))|^(?=[-+](?:\s|$)|--|=)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def printable(text: str) -> str:
    """`text` with the characters that neither XML nor a page can hold replaced by U+FFFD."""
    return _CONTROL.sub("\ufffd", text)


def escape_markdown(text: str) -> str:
    """`text` as one line of Markdown (CommonMark with GitHub's extensions) that shows it letter by letter.

    Angle brackets and ampersands become entities; what could start a code span, emphasis, link, table cell, heading,
    list, mention or bare link is escaped.
    """
    line = _SPACE.sub(" ", printable(text)).strip()
    line = _ACTIVE.sub(lambda match: "\\" + match.group(), line)
    line = _LINK.sub(lambda match: f"{match[1] or match[3]}\\{match[2] or match[4]}", line)
    line = _EMOJI.sub(r"\\:", line)
    line = re.sub("[&<>]", lambda match: _ENTITIES[match.group()], line)
    return _OPENING.sub(r"\1\\", line)


def code_span(text: str) -> str:
    """`text` as Markdown code, safe in a table cell too; plain escaped text where code cannot hold it."""
    line = _SPACE.sub(" ", printable(text)).strip()
    if not line or "`" in line or "|" in line or "\\" in line:
        return escape_markdown(line)
    return f"`{line}`"


def code_block(text: str, language: str) -> str:
    """`text` as a fenced block whose fence it cannot close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{printable(text)}\n{fence}"


def slug(text: str) -> str:
    """`text` as part of a file name, an anchor or a link: itself where it can be, else shortened with a digest."""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")
    if safe == text:
        return text
    return f"{safe[:60]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")
