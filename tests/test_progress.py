from __future__ import annotations

import io
import time

import pytest

from pipeline.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_lines_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with Progress("train", 4, stream, seconds=0) as progress:
        progress.advance(1, "tfidf")
        progress.advance(3)
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("train: 25%, about")
    assert lines[0].endswith("(tfidf)")
    assert lines[-1].startswith("train: done in")
    assert "\r" not in stream.getvalue()


def test_a_bar_with_the_time_left_on_a_terminal() -> None:
    stream = Terminal()
    with Progress("train", 2, stream) as progress:
        progress.advance(1, "fold 1")
    assert "left" in stream.getvalue()
    assert "fold 1" in stream.getvalue()


def test_the_first_estimate_leans_on_what_was_expected() -> None:
    stream = io.StringIO()
    with Progress("train", 100_000, stream, seconds=0, expected=600) as progress:
        progress.advance(1)  # measured alone, the start of the first process would count 100,000 times over
        time.sleep(0.1)
        progress.advance(1)
        progress.advance(49_998)
    first, later = stream.getvalue().splitlines()[1:3]
    assert first.startswith("train: 0%, about 10 min")
    assert later == "train: 50%, about 0 s left"


def test_a_failure_is_not_called_done() -> None:
    stream = io.StringIO()
    with pytest.raises(RuntimeError), Progress("train", 2, stream):
        raise RuntimeError
    assert "done" not in stream.getvalue()
