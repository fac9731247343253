"""HTML: the visible text, block by block, of which trafilatura tells what is the article."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.ingest.lines import Stretch
from pipeline.ingest.readers.file import File, Reading
from pipeline.ingest.readers.text import decoded, document

_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|button|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form"
    r"|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INVISIBLE = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select")
_LONG_ENOUGH = 40


def read_html(file: File) -> Reading:
    """The visible text of a page as the document, one block a line; what is outside the article is navigation.

    Offsets count the characters of the visible text. Title and publisher come from the page where the sources do not
    tell. A page in which no article can be found is kept whole.
    """
    import trafilatura
    from trafilatura.utils import load_html

    # What it has to say about a page without an article is said in our own words.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    html = decoded(file)
    tree = load_html(html)
    lines = list(_visible_lines(tree)) if tree is not None else []
    reading = document(file, "\n".join(lines))
    article: Any = trafilatura.bare_extraction(
        html, include_comments=False, include_tables=False, include_formatting=False, with_metadata=True
    )
    if article is None or not article.text:
        return Reading(reading)
    reading = replace(
        reading, title=reading.title or article.title or None, publisher=reading.publisher or article.sitename or None
    )
    return Reading(reading, tuple(_outside(lines, article.text)))


def _visible_lines(tree: Any) -> Iterator[str]:
    for element in list(tree.iter(*_INVISIBLE)):
        element.drop_tree()
    for element in tree.iter():
        if isinstance(element.tag, str) and _BLOCKS.fullmatch(element.tag):
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    for line in str(tree.text_content()).split("\n"):
        if line.strip():
            yield " ".join(line.split())


def _outside(lines: list[str], article: str) -> Iterator[Stretch]:
    """Lines of the page that are not in the article, neighbours together."""
    wanted = {_squash(line) for line in article.splitlines()}
    whole = _squash(article)
    offset, start = 0, -1
    for line in lines:
        squashed = _squash(line)
        inside = squashed in wanted or (len(squashed) >= _LONG_ENOUGH and squashed in whole)
        if inside and start >= 0:
            yield Stretch(start, offset - 1, "navigation")
            start = -1
        elif not inside and start < 0:
            start = offset
        offset += len(line) + 1
    if start >= 0:
        yield Stretch(start, offset - 1, "navigation")


def _squash(text: str) -> str:
    return "".join(text.split()).lstrip("-*|#")
