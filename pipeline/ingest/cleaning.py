"""From the text of one document to its running text, and to what was dropped and why."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pipeline.errors import ConfigError
from pipeline.ingest.assembly import Assembler
from pipeline.ingest.broken_words import stray_cuts
from pipeline.ingest.lines import Line, Stretch, measure, split_lines
from pipeline.ingest.passages import Cut, Passage
from pipeline.ingest.rules import RULES
from pipeline.ingest.rules.footnotes import MarkFinder, note_numbers
from pipeline.records import Document, Skipped
from pipeline.settings.corpus import CleaningSettings, SourceRules

OUTSIDE = "outside_article"
NO_WORDS = "no_words"
_HAS_WORD = re.compile(r"\w")


def clean(
    document: Document,
    settings: CleaningSettings,
    source: SourceRules,
    known: Sequence[Stretch] = (),
    *,
    join: bool = True,
) -> tuple[list[Passage], list[Skipped]]:
    """Passages of running text in order, and every stretch of the raw text that is in none of them.

    `known` is what the reader dropped already. Without `join`, each line is a passage of its own.

    Raises ConfigError if a pattern of `source` matches nothing.
    """
    stretches = [*_stretches(document, source), *known]
    cuts = {edge for stretch in stretches for edge in (stretch.start, stretch.end)}
    lines = split_lines(document.text, document.pages, cuts)
    _drop_stretches(lines, stretches)
    for line in lines:
        if line.reason is None and not _HAS_WORD.search(line.text):
            line.reason = NO_WORDS
    kept = [line for line in lines if line.reason != OUTSIDE]
    layout = measure([line for line in kept if line.reason is None], paged=len(document.pages) > 1)
    for reason, rule in RULES:
        if reason in settings.rules:
            for index in list(rule(kept, layout, settings)):
                kept[index].reason = kept[index].reason or reason
    assembler = Assembler(lines, layout, settings.short_line * layout.width, join)
    passages = assembler.passages()
    marks = MarkFinder(note_numbers(lines))
    for passage in passages:
        passage.mask(_disjoint([*marks.cuts(passage.text), *stray_cuts(passage.text)]))
    return passages, [*_skipped_lines(document, lines), *_skipped_cuts(document, passages)]


def _stretches(document: Document, source: SourceRules) -> list[Stretch]:
    """What lies outside the article, and what is to be left out."""
    text = document.text
    begin, end = 0, len(text)
    if source.begins_after:
        begin = _find(document, "begins_after", source.begins_after, 0).end()
    if source.ends_before:
        end = _find(document, "ends_before", source.ends_before, begin).start()
    stretches = [Stretch(0, begin, OUTSIDE), Stretch(end, len(text), OUTSIDE)]
    for skip in source.skip:
        first = _find(document, "skip.begins", skip.begins, begin)
        last = _find(document, "skip.ends", skip.ends, first.end())
        stretches.append(Stretch(first.start(), last.start(), skip.reason))
    return [stretch for stretch in stretches if stretch.start < stretch.end]


def _find(document: Document, name: str, pattern: str, position: int) -> re.Match[str]:
    match = re.compile(pattern, re.MULTILINE).search(document.text, position)
    if match is None:
        raise ConfigError(
            f"corpus.per_source.{document.id}.{name}={pattern!r} matches nothing in {document.path};"
            " mend the expression or leave it out"
        )
    return match


def _drop_stretches(lines: Sequence[Line], stretches: Sequence[Stretch]) -> None:
    starts = [line.start for line in lines]
    for stretch in stretches:
        for line in lines[bisect_left(starts, stretch.start) : bisect_left(starts, stretch.end)]:
            line.reason = line.reason or stretch.reason


def _disjoint(cuts: list[Cut]) -> Iterator[Cut]:
    last = 0
    for cut in sorted(cuts, key=lambda cut: cut.start):
        if cut.start >= last:
            yield cut
            last = cut.end


def _skipped_lines(document: Document, lines: Sequence[Line]) -> Iterator[Skipped]:
    """Dropped lines; neighbours with the same reason are one."""
    block: list[Line] = []
    for line in [*lines, None]:
        if block and (line is None or line.reason != block[0].reason):
            yield skipped(document, block[0].start, block[-1].end, block[0].reason or "")
            block = []
        if line is not None and line.reason is not None:
            block.append(line)


def _skipped_cuts(document: Document, passages: Sequence[Passage]) -> Iterator[Skipped]:
    for passage in passages:
        for cut in passage.cuts:
            start, end = passage.raw(cut.start), passage.raw(cut.end - 1) + 1
            if not document.text[start:end].isspace():
                yield skipped(document, start, end, cut.reason)


def skipped(document: Document, start: int, end: int, reason: str) -> Skipped:
    """The record of a stretch that became no sentence."""
    return Skipped(document.id, start, end, document.text[start:end], reason)
