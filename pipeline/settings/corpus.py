"""Settings of the ingest stage: which documents, and how they become sentences."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_choice, check_range
from pipeline.settings.table import TableSettings

SEGMENTERS = ("rules", "lines")
CLEANING_RULES = (
    "page_number",
    "running_head",
    "footnote",
    "references",
    "foreign_language",
    "navigation",
    "repeated_headline",
    "keywords",
    "heading",
    "table",
    "figure",
)


@dataclass
class CleaningSettings:
    """Which general rules drop lines, and their thresholds.

    `rules` names the rules at work. `short_line` is the share of the usual line width below which a line of
    hard-wrapped text counts as short: the end of a paragraph, a heading or a piece of a figure. `figure_lines` short
    lines in a row that end no sentence are figure text. A line that `running_head_pages` pages begin or end with is a
    running head.
    """

    rules: list[str] = field(default_factory=lambda: list(CLEANING_RULES))
    short_line: float = 0.6
    figure_lines: int = 3
    running_head_pages: int = 3

    def __post_init__(self) -> None:
        for rule in self.rules:
            check_choice("corpus.cleaning.rules", rule, CLEANING_RULES)
        check_range("corpus.cleaning.short_line", self.short_line, 0.1, 0.95)
        check_range("corpus.cleaning.figure_lines", self.figure_lines, 2, 1000)
        check_range("corpus.cleaning.running_head_pages", self.running_head_pages, 2, 1000)


@dataclass
class SkipSettings:
    """A stretch to leave out for `reason`: from the match of `begins` up to the next match of `ends`."""

    begins: str = ""
    ends: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        for name, value in (("begins", self.begins), ("ends", self.ends)):
            if not value:
                raise ConfigError(f"corpus.per_source.*.skip needs a regular expression in {name!r}")
            _check_pattern(f"corpus.per_source.*.skip.{name}", value)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.reason):
            raise ConfigError(f"corpus.per_source.*.skip.reason={self.reason!r} must be a lower_case identifier")


@dataclass
class SourceRules:
    """What only this source has. All patterns are regular expressions in multi-line mode; an empty one is unused.

    The article begins behind the first match of `begins_after` and ends before the next match of `ends_before`.
    In a text without form feeds, a page starts where a match of `page_start` ends. The first page bears the number
    `first_page`; pages below 1 (front matter) have none.
    """

    begins_after: str = ""
    ends_before: str = ""
    skip: list[SkipSettings] = field(default_factory=list)
    page_start: str = ""
    first_page: int = 1

    def __post_init__(self) -> None:
        for name in ("begins_after", "ends_before", "page_start"):
            _check_pattern(f"corpus.per_source.*.{name}", getattr(self, name))
        check_range("corpus.per_source.*.first_page", self.first_page, -10_000, 100_000)


@dataclass
class CorpusSettings:
    """Documents of one corpus.

    `files` holds files, folders and globs relative to the project root (.txt, .html, .pdf, .jsonl); `sources` is the
    YAML file that tells their title, publisher, kind, date, language and rights by file name, empty for none.
    `encoding` decodes plain text, HTML and JSON Lines; `repair_mojibake` undoes text that was decoded wrongly before
    it came here. `text_field` holds the text of a JSON Lines record. `segmenter`: `rules` (punctuation, quotations,
    abbreviations, lists) or `lines` (every line is a sentence already). `per_source` is keyed by document id.

    A corpus with a `table` is a labelled data set instead: its rows are the sentences, and none of the above but
    `encoding` and `repair_mojibake` concerns them.
    """

    name: str = "corpus"
    files: list[str] = field(default_factory=list)
    sources: str = ""
    encoding: str = "utf-8"
    repair_mojibake: bool = True
    text_field: str = "text"
    segmenter: str = "rules"
    cleaning: CleaningSettings = field(default_factory=CleaningSettings)
    per_source: dict[str, SourceRules] = field(default_factory=dict)
    table: TableSettings | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.name):
            raise ConfigError(f"corpus.name={self.name!r} cannot name a folder; use letters, digits, '.', '_' and '-'")
        if not self.files and self.table is None:
            raise ConfigError("corpus.files is empty; name at least one file, folder or glob")
        if self.files and self.table is not None:
            raise ConfigError(f"corpus.files={list(self.files)} and corpus.table cannot go together; keep one of them")
        if not self.text_field:
            raise ConfigError("corpus.text_field is empty; name the field that holds the text of a JSON Lines record")
        check_choice("corpus.segmenter", self.segmenter, SEGMENTERS)
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise ConfigError(f"corpus.encoding={self.encoding!r} is unknown; try utf-8, cp1252 or gb18030") from error


def _check_pattern(name: str, pattern: str) -> None:
    try:
        re.compile(pattern, re.MULTILINE)
    except re.error as error:
        raise ConfigError(f"{name}={pattern!r} is no regular expression: {error}") from error
