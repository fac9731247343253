"""What surrounds an article: site navigation, repeated headlines, references, keywords, text in another language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.titles import opens_heading
from pipeline.settings.corpus import CleaningSettings

_NAVIGATION = re.compile(
    r"skip to (?:main )?content|read (?:more|also|next)\b|(?:see|watch|listen) (?:also|more)\s?:"
    r"|related\s(?:stories|articles|news)|recommended(?:\s\w+)?$|most (?:read|popular)|copyright\b|\u00a9"
    r"|all rights reserved|share (?:this|on)\b|follow us\b|subscribe\b|sign (?:in|up)\b|log ?in\b|advertisement\b"
    r"|cookie|privacy policy|terms of (?:use|service)|(?:last )?updated?(?: at| on)?\s?:?\s?\d"
    r"|published(?: at| on)?\s?:?\s?\d|(?:back to )?top$|home$|menu$|search$|print$|email$"
    r"|\(?with (?:input|inputs|files) from\b|\(?(?:cover|photo|image|file photo|video)(?: by\b|\s?[:/])"
    r"|https?://\S+$|www\.\S+$|https?://\S+\s\(accessed[^)]*\)$",
    re.IGNORECASE,
)
_TEASER = re.compile(r"(?:\.{3}|\u2026)\s?(?:\(\d{1,9}\)|\[(?:\.{3}|\u2026)\]|read more)", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-./]\d|\d[-./]\d{4}|\d:\d\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE
)
_DATE_LINE = re.compile(
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d{1,2}(?:st|nd|rd|th)?|\d{4}|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*"
    r"|dec\w*|(?:mon|tues|wednes|thurs|fri|satur|sun)day|[ap]\.?m\b\.?|gmt(?:[+-]\d{1,2})?|utc|est|edt"
    r"|at|on|published|posted|last|updated|[\s,.:|])+",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"(?:[\dIVX]{1,4}\.?\s)?(?:references|bibliography|works cited|literature cited|endnotes|notes"
    r"|\ucc38\uace0\s?\ubb38\ud5cc|\u53c2\u8003\u6587\u732e|\u53c3\u8003\u6587\u737b)",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(
    r"(?:key\s?-?words?|index terms|jel (?:classification|codes?))\s?[:\u2014\u2013-]", re.IGNORECASE
)
_SAMPLE = 20_000
_LATIN_LAST = "\u024f"


def navigation(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """Links, notices, credits and date lines of a web page; a lone address."""
    for index, line in enumerate(lines):
        text = line.text
        if line.reason is not None or len(text) > 300:
            continue
        dated = 5 < len(text) < 60 and _DATE.search(text) and _DATE_LINE.fullmatch(text)
        if dated or _TEASER.search(text) or (_NAVIGATION.match(text) and not _is_prose(line)):
            yield index


def repeated_headline(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """Where lines are paragraphs, a line of several words that ends no sentence and occurs more than once."""
    if layout.wrapped:
        return
    candidates = [
        (index, line.text.casefold())
        for index, line in enumerate(lines)
        if line.reason is None and len(line.text) <= 300 and not line.finished and " " in line.text
    ]
    counts = Counter(text for _, text in candidates)
    yield from (index for index, text in candidates if counts[text] > 1)


def references(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """From a heading such as References or Notes to the next numbered heading, or to the end."""
    inside = False
    for index, line in enumerate(lines):
        if line.reason is not None:
            continue
        if len(line.text) <= 40 and _REFERENCES.fullmatch(line.text):
            inside = True
        elif inside and len(line.text) <= 60 and not line.finished and opens_heading(line.text):
            inside = False
        if inside:
            yield index


def keywords(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A list of key words: its line, and in wrapped text the lines that it goes on in."""
    inside = False
    for index, line in enumerate(lines):
        if line.reason is not None:
            inside = False
        elif _KEYWORDS.match(line.text):
            inside = True
        elif inside:
            full = len(lines[index - 1].text) >= settings.short_line * layout.width
            inside = layout.wrapped and full and line.page == lines[index - 1].page and (not line.gap or layout.spaced)
        if inside:
            yield index


def foreign_language(lines: Sequence[Line], layout: Layout, settings: CleaningSettings) -> Iterator[int]:
    """A line most letters of which belong to another script than the document's, as in an abstract in Korean."""
    sample = "".join(line.text[:80] for line in lines if line.reason is None)[:_SAMPLE]
    latin = _latin_share(sample)
    if latin is None or 0.4 < latin < 0.6:
        return
    for index, line in enumerate(lines):
        if line.reason is not None or (latin >= 0.6 and line.text.isascii()):
            continue
        share = _latin_share(line.text[:_SAMPLE])
        if share is not None and (share < 0.4 if latin >= 0.6 else share > 0.6 and len(line.text) > 20):
            yield index


def _latin_share(text: str) -> float | None:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter <= _LATIN_LAST for letter in letters) / len(letters) if letters else None


def _is_prose(line: Line) -> bool:
    """A whole sentence, which may begin with one of the words of a link (`Search for peace goes on.`)."""
    return line.finished and len(line.text) > 60 and line.text[0] != "("
