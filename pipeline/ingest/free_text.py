"""Sentences of a text that somebody pastes or streams in: everything is kept, nothing is cleaned away."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.ingest.assembly import Assembler
from pipeline.ingest.lines import measure, split_lines
from pipeline.ingest.passages import fold
from pipeline.ingest.segmentation import sentence_spans

_SHORT_LINE = 0.6


class TextSpan(NamedTuple):
    """A sentence: `text` has its white space folded, and came from `source[start:end]`."""

    text: str
    start: int
    end: int


def split_text(text: str) -> list[TextSpan]:
    """Sentences of `text` in order, in time linear in its length; words broken over lines are joined.

    A line is a paragraph unless sentences run over lines; then blank lines and short lines separate paragraphs.
    """
    lines = split_lines(text)
    layout = measure(lines)
    spans: list[TextSpan] = []
    for passage in Assembler(lines, layout, _SHORT_LINE * layout.width).passages():
        for begin, close in sentence_spans(passage.text):
            spans.append(TextSpan(fold(passage.text[begin:close]), passage.raw(begin), passage.raw(close - 1) + 1))
    return spans
