"""What a terminal shows."""

from __future__ import annotations

import io

from rich.console import Console

from pipeline.inference.classifier import Classifier
from pipeline.inference.items import Item
from pipeline.inference.table import print_table


def shown(classifier: Classifier, text: str, color: bool = False) -> str:
    (record,) = classifier.predict([text])
    stream = io.StringIO()
    console = Console(file=stream, width=120, force_terminal=color, color_system="standard" if color else None)
    print_table([(record, classifier.explain(Item("1", text), record))], classifier.labels, console)
    return stream.getvalue()


def test_each_task_is_a_column_with_label_probability_and_tier(classifier: Classifier) -> None:
    text = shown(classifier, "we oppose interference")
    for part in ("stance", "frame", "against", "sovereignty", " A"):
        assert part in text


def test_an_abstention_is_told_in_words(classifier: Classifier) -> None:
    assert "abstained" in shown(classifier, "the resolution")


def test_the_deciding_word_is_marked(classifier: Classifier) -> None:
    assert "\x1b[1;4moppose\x1b[0m" in shown(classifier, "we oppose the resolution", color=True)


def test_foreign_text_cannot_command_the_terminal(classifier: Classifier) -> None:
    text = shown(classifier, "we oppose \x1b]0;owned\x07 [red]this[/red]")
    assert "\x1b" not in text
    assert "[red]this[/red]" in text
