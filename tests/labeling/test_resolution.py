"""Votes become one label with a confidence, and the provenance says how."""

from __future__ import annotations

import pytest

from pipeline.labeling.resolution import resolve
from pipeline.records import Vote, VoteKind

ADJUDICATED, GOLD, HUMAN = VoteKind.ADJUDICATED, VoteKind.RESOLVED, VoteKind.HUMAN
COMPOSED, MODEL, RULE = VoteKind.COMPOSED, VoteKind.MODEL, VoteKind.RULE


def ballot(*cast: tuple[VoteKind, str | None], task: str = "stance", sentence: str = "s") -> list[Vote]:
    return [Vote(sentence, task, given, str(number), kind, "cb/1") for number, (kind, given) in enumerate(cast)]


@pytest.mark.parametrize(
    ("cast", "label", "provenance", "confidence"),
    [
        ([(GOLD, "a"), (ADJUDICATED, "b")], "b", "adjudicated:1", 1.0),
        ([(GOLD, "a"), (HUMAN, "b"), (HUMAN, "b")], "a", "resolved:0", 1.0),
        ([(GOLD, "a"), (MODEL, "b"), (MODEL, "b"), (RULE, "b")], "a", "resolved:0", 1.0),
        ([(HUMAN, "a"), (MODEL, "b"), (MODEL, "b")], "a", "human:0", 1.0),
        ([(COMPOSED, "a"), (HUMAN, "b")], "b", "human:1", 1.0),
        ([(COMPOSED, "a"), (MODEL, "b")], "a", "composed", 1.0),
        ([(RULE, "a"), (RULE, "a"), (MODEL, "b")], "b", "model:2", 1.0),
        ([(RULE, "a"), (RULE, "a")], "a", "rule:0+1", 1.0),
        ([(MODEL, "a"), (MODEL, "a")], "a", "model:0+1", 1.0),
        ([(MODEL, "a"), (MODEL, "b"), (MODEL, "a")], "a", "model: majority of 2 in 3", 2 / 3),
        ([(MODEL, "a"), (MODEL, "b"), (RULE, "a")], None, "model: tie of a 1, b 1", 1.0),
        ([(MODEL, "a"), (MODEL, "b"), (MODEL, "a"), (MODEL, "b")], None, "model: tie of a 2, b 2", 1.0),
        ([(GOLD, None), (MODEL, "a")], "a", "model:1", 1.0),
        ([(MODEL, None)], None, "no vote", 1.0),
    ],
)
def test_majority(
    cast: list[tuple[VoteKind, str | None]], label: str | None, provenance: str, confidence: float
) -> None:
    found = resolve(ballot(*cast))["s", "stance"]
    assert (found.label, found.provenance) == (label, provenance)
    assert found.confidence == pytest.approx(confidence)


def test_sentences_and_tasks_are_resolved_apart() -> None:
    votes = [
        *ballot((MODEL, "a")),
        *ballot((MODEL, "x"), task="frame"),
        *ballot((MODEL, "b"), sentence="t"),
    ]
    labels = {key: resolution.label for key, resolution in resolve(votes).items()}
    assert labels == {("s", "stance"): "a", ("s", "frame"): "x", ("t", "stance"): "b"}


def test_an_annotators_latest_vote_counts_whatever_the_order_and_the_zone() -> None:
    later = Vote("s", "stance", "b", "ann", HUMAN, "cb/1", "2025-03-01T10:00:00+02:00")
    earlier = Vote("s", "stance", "a", "ann", HUMAN, "cb/1", "2025-03-01T07:59:59")
    undated = Vote("s", "stance", "c", "ann", HUMAN, "cb/1")
    assert resolve([later, earlier, undated])["s", "stance"].label == "b"


def test_a_withdrawn_vote_leaves_the_decision_to_the_others() -> None:
    votes = [
        Vote("s", "stance", "a", "ann", HUMAN, "cb/1", "2025-03-01"),
        Vote("s", "stance", None, "ann", HUMAN, "cb/1", "2025-03-02"),
        Vote("s", "stance", "b", "bob", HUMAN, "cb/1"),
    ]
    assert resolve(votes)["s", "stance"].provenance == "human:bob"


def careless() -> list[Vote]:
    """Two careful annotators agree on 40 sentences; a third answers `a` to everything, a fourth saw two of them."""
    votes = []
    for number in range(40):
        truth = "a" if number % 2 else "b"
        cast = {"one": truth, "two": truth, "three": "a"}
        votes += [Vote(f"s{number}", "stance", label, who, HUMAN, "cb/1") for who, label in cast.items()]
    for who, label in (("one", "b"), ("three", "a")):
        votes.append(Vote("disputed", "stance", label, who, HUMAN, "cb/1"))
    return votes


def test_dawid_skene_trusts_the_careful_annotator_where_the_majority_is_undecided() -> None:
    assert resolve(careless())["disputed", "stance"].label is None
    found = resolve(careless(), "dawid_skene")["disputed", "stance"]
    assert found.label == "b"
    assert found.provenance == "human: dawid_skene of one+three"
    assert 0.9 < found.confidence <= 1.0
    assert found.voters == ("one",)


def test_dawid_skene_is_not_asked_about_authorities_and_second_labels() -> None:
    votes = [*careless(), *ballot((GOLD, "a"), sentence="g"), *ballot((HUMAN, "a"), task="stance2")]
    found = resolve(votes, "dawid_skene", ["stance"])
    assert found["g", "stance"].provenance == "resolved:0"
    assert found["s", "stance2"].provenance == "human:0"


def test_dawid_skene_gives_equal_results_for_equal_votes() -> None:
    assert resolve(careless(), "dawid_skene") == resolve(careless(), "dawid_skene")
