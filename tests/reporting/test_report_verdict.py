from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.reporting import ReportInput
from pipeline.reporting.blocks import KeyFigures
from pipeline.reporting.sections.verdict import headline, verdict_section

WIN = {
    "a": "transformer",
    "b": "tfidf",
    "difference": 0.08,
    "ci": [0.03, 0.12],
    "p_bootstrap": 0.001,
    "outcome": "better",
}
OPEN = {
    "a": "transformer",
    "b": "tfidf",
    "difference": 0.02,
    "ci": [-0.03, 0.12],
    "p_bootstrap": 0.4,
    "outcome": "undecided",
}
LOSS = {
    "a": "transformer",
    "b": "tfidf",
    "difference": -0.08,
    "ci": [-0.12, -0.03],
    "p_bootstrap": 0.001,
    "outcome": "worse",
}


@pytest.fixture(scope="module")
def data(make_report_input: Callable[..., ReportInput]) -> ReportInput:
    return make_report_input(task_names=["stance"], models=["majority"])


def say(data: ReportInput, **tasks: dict[str, Any]) -> str:
    return headline(replace(data, comparison={"tasks": tasks}))


def test_headline_groups_tasks_by_outcome(data: ReportInput) -> None:
    assert say(data, stance=WIN, frame=WIN) == "Transformer is better than TF-IDF on stance and frame."
    assert say(data, stance=WIN, frame=OPEN) == (
        "Transformer is better than TF-IDF on stance; on frame this evidence cannot tell."
    )
    assert say(data, stance=LOSS, frame=WIN) == (
        "Transformer is better than TF-IDF on frame and is worse than TF-IDF on stance."
    )
    assert say(data, a=OPEN, b=OPEN, c=OPEN) == (
        "Undecided: whether Transformer or TF-IDF is better on a, b and c, this evidence cannot tell."
    )


def test_another_pair_gets_a_sentence_of_its_own(data: ReportInput) -> None:
    assert say(data, stance=WIN, tone=WIN | {"b": "rules"}) == (
        "Transformer is better than TF-IDF on stance. Transformer is better than Rules on tone."
    )


def test_key_figures_say_whether_they_decide(data: ReportInput) -> None:
    section = verdict_section(replace(data, comparison={"tasks": {"stance": WIN, "frame": OPEN, "tone": LOSS}}))
    (row,) = (block for block in section.blocks if isinstance(block, KeyFigures))
    assert [(item.value, item.details[:2]) for item in row.items] == [
        ("+8.0 points", ("Transformer is better", "95 % interval 3.0 to 12.0")),
        ("+2.0 points", ("undecided", "95 % interval \u22123.0 to 12.0")),
        ("\u22128.0 points", ("Transformer is worse", "95 % interval \u221212.0 to \u22123.0")),
    ]
