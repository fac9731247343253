"""The general rules that tell which lines are no running text, each with its reason, in the order of their use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.ingest.lines import Layout, Line
from pipeline.ingest.rules.boilerplate import foreign_language, keywords, navigation, references, repeated_headline
from pipeline.ingest.rules.floats import captioned_figures, captioned_tables, columns, fragments
from pipeline.ingest.rules.footnotes import footnotes
from pipeline.ingest.rules.headings import numbered_headings, plain_headings
from pipeline.ingest.rules.pages import page_numbers, running_heads
from pipeline.settings.corpus import CleaningSettings

Rule = Callable[[Sequence[Line], Layout, CleaningSettings], Iterable[int]]
"""Lines, layout and thresholds in; indices of the lines that the rule claims out. Lines with a reason are taken."""

RULES: tuple[tuple[str, Rule], ...] = (
    ("page_number", page_numbers),
    ("running_head", running_heads),
    ("footnote", footnotes),
    ("references", references),
    ("foreign_language", foreign_language),
    ("navigation", navigation),
    ("repeated_headline", repeated_headline),
    ("keywords", keywords),
    ("table", captioned_tables),
    ("figure", captioned_figures),
    ("heading", numbered_headings),
    ("table", columns),
    ("figure", fragments),
    ("heading", plain_headings),
)
