"""Results as a coloured table on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.inference.explanation import WordContribution
from pipeline.inference.record import ClassifiedSentence, TaskPrediction

_COLORS = ("red", "green", "default", "blue", "magenta", "cyan", "yellow")
"""By the position of a label in the codebook; the label itself is always written, so no meaning hangs on colour."""
_MARKED = 0.5
"""Words with at least this share of the strongest word's weight are marked."""

Explanations = Mapping[str, Sequence[WordContribution]]


def print_table(
    results: Iterable[tuple[ClassifiedSentence, Explanations | None]],
    labels: Mapping[str, Sequence[str]],
    console: Console | None = None,
) -> None:
    """Print a row for each result; with explanations, the words that carried the first task's decision are marked."""
    table = Table(show_lines=False, header_style="bold", expand=False)
    table.add_column("sentence", overflow="fold", ratio=1)
    for task in labels:
        table.add_column(task)
    for record, explanation in results:
        cells = [_cell(record, task, names) for task, names in labels.items()]
        table.add_row(_sentence(record.text, (explanation or {}).get(next(iter(labels)), ())), *cells)
    (console or Console()).print(table)


def _cell(record: ClassifiedSentence, task: str, labels: Sequence[str]) -> Text:
    found: TaskPrediction = record.tasks[task]
    tier = record.tier[task]
    note = f" {found.probability:.2f}{f' {tier}' if tier else ''}"
    if found.abstained:
        return Text.assemble((f"{found.label}?", "dim"), (note, "dim"), (" abstained", "italic dim"))
    color = _COLORS[labels.index(found.label) % len(_COLORS)]
    return Text.assemble((found.label, f"bold {color}" if color != "default" else "bold"), (note, "dim"))


def _sentence(text: str, words: Sequence[WordContribution]) -> Text:
    # A control character in a foreign text could otherwise command the terminal.
    shown = Text("".join(character if character.isprintable() else " " for character in text))
    strongest = max((word.weight for word in words), default=0.0)
    for word in words:
        if strongest > 0 and word.weight >= _MARKED * strongest:
            shown.stylize("bold underline", word.start, word.end)
    return shown
