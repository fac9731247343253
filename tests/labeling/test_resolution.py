"""Votes become one label, and the provenance says how."""

from __future__ import annotations

import pytest

from pipeline.labeling.resolution import Resolution, resolve
from pipeline.records import Vote, VoteKind

GOLD, HUMAN, MODEL, RULE = VoteKind.RESOLVED, VoteKind.HUMAN, VoteKind.MODEL, VoteKind.RULE


@pytest.mark.parametrize(
    ("cast", "label", "provenance"),
    [
        ([(GOLD, "a"), (MODEL, "b"), (MODEL, "b"), (RULE, "b")], "a", "resolved:0"),
        ([(HUMAN, "a"), (MODEL, "b"), (MODEL, "b")], "a", "human:0"),
        ([(RULE, "a"), (RULE, "a"), (MODEL, "b")], "b", "model:2"),
        ([(MODEL, "a"), (MODEL, "a")], "a", "model:0+1"),
        ([(MODEL, "a"), (MODEL, "b"), (MODEL, "a")], "a", "model: majority of 2 in 3"),
        ([(MODEL, "a"), (MODEL, "b"), (RULE, "a")], None, "model: tie of a 1, b 1"),
        ([(MODEL, "a"), (MODEL, "b"), (MODEL, "a"), (MODEL, "b"), (MODEL, "c")], None, "model: tie of a 2, b 2, c 1"),
        ([(GOLD, None), (MODEL, "a")], "a", "model:1"),
        ([(MODEL, None)], None, "no vote"),
        ([(VoteKind.COMPOSED, "a")], "a", "composed"),
    ],
)
def test_resolve(cast: list[tuple[VoteKind, str | None]], label: str | None, provenance: str) -> None:
    votes = [Vote("s", "stance", given, str(number), kind, "cb/1") for number, (kind, given) in enumerate(cast)]
    assert resolve(votes) == {("s", "stance"): Resolution(label, provenance)}


def test_sentences_and_tasks_are_resolved_apart() -> None:
    votes = [
        Vote(sentence, task, label, "p", MODEL, "cb/1")
        for sentence, task, label in [("s", "stance", "a"), ("s", "frame", "x"), ("t", "stance", "b")]
    ]
    labels = {key: resolution.label for key, resolution in resolve(votes).items()}
    assert labels == {("s", "stance"): "a", ("s", "frame"): "x", ("t", "stance"): "b"}
