"""Which sentences are chosen, and that the choice is what it says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.reviewing.selection import PREFILTER, RARE_SHARE, rare_labels, seek_rare, select, uncertainty
from pipeline.reviewing.suggestions import RARE, UNCERTAIN, suggest
from pipeline.reviewing.vectors import Vectors


def table(size: int, labels: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(labels, 0.5), size)


def unit(size: int, seed: int = 1) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(size, 8))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_uncertainty_is_one_minus_the_margin() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.6, 0.1, 0.3]])
    assert uncertainty(rows) == pytest.approx([0.0, 1.0, 0.7])


def test_labels_below_half_an_equal_share_are_rare() -> None:
    assert rare_labels([2, 50, 1, 27]) == [2, 0]
    assert rare_labels([10, 10]) == []


def test_rare_labels_are_sought_in_turn() -> None:
    rows = np.array([[0.9, 0.05, 0.05], [0.2, 0.5, 0.3], [0.1, 0.8, 0.1], [0.3, 0.1, 0.6], [0.98, 0.01, 0.01]])
    picks = seek_rare(rows, [90, 4, 6], 3)
    assert [(pick.row, pick.rare) for pick in picks] == [(2, 1), (3, 2), (1, 1)]


def test_a_label_that_is_no_likelier_than_always_is_not_sought() -> None:
    rows = np.array([[0.9, 0.1], [0.8, 0.2], [0.5, 0.5]])
    assert [pick.row for pick in seek_rare(rows, [80, 20], 3)] == [2]


def test_similar_sentences_are_not_chosen_together() -> None:
    """Nine copies of one very uncertain sentence, and another one that is a bit less uncertain."""
    rows = np.array([[0.5, 0.5]] * 9 + [[0.55, 0.45]] + [[0.99, 0.01]] * 10)
    vectors = np.array([[1.0, 0.0]] * 9 + [[0.0, 1.0]] * 11)
    picks = select(rows, [10, 10], lambda chosen: vectors[list(chosen)], 2, seed=0)
    assert {tuple(vectors[pick.row]) for pick in picks} == {(1.0, 0.0), (0.0, 1.0)}


def test_only_the_most_uncertain_sentences_are_embedded() -> None:
    rows, vectors, seen = table(200), unit(200), []

    def embed(chosen: Sequence[int]) -> Vectors:
        seen.extend(chosen)
        return vectors[list(chosen)]

    select(rows, [1, 1, 1], embed, 8, seed=0)
    expected = np.argsort(-uncertainty(rows), kind="stable")[: 8 * PREFILTER]
    assert sorted(seen) == sorted(expected.tolist())


@pytest.mark.parametrize("n", [1, 7, 40, 100])
def test_as_many_as_asked_and_none_twice(n: int) -> None:
    vectors = unit(60)
    picks = select(table(60), [30, 20, 2], lambda rows: vectors[list(rows)], n, seed=3)
    assert len(picks) == min(n, 60)
    assert len({pick.row for pick in picks}) == len(picks)
    assert sum(pick.rare is not None for pick in picks) <= round(RARE_SHARE * min(n, 60))


def test_equal_vectors_still_give_as_many_as_asked() -> None:
    picks = select(table(40), [1, 1, 1], lambda rows: np.ones((len(rows), 4)), 6, seed=0)
    assert len({pick.row for pick in picks}) == 6


def test_the_same_seed_chooses_the_same() -> None:
    vectors = unit(90)
    first, second = (select(table(90), [9, 5, 1], lambda rows: vectors[list(rows)], 12, seed=5) for _ in range(2))
    assert first == second


def test_suggestions_serve_the_tasks_in_turn_and_tell_why() -> None:
    vectors = unit(50)
    found = suggest(
        {"stance": table(50), "length": table(50, 2, seed=4)},
        {"stance": ["against", "favor", "neutral"], "length": ["short", "long"]},
        {"stance": [40, 2, 30], "length": [20, 20]},
        lambda rows: vectors[list(rows)],
        n=12,
        seed=0,
    )
    assert len({one.row for one in found}) == 12
    assert [one.task for one in found[:4]] == ["stance", "length", "stance", "length"]
    rare = [one for one in found if one.kind == RARE]
    assert {one.label for one in rare} == {"favor"}
    assert all("may be favor, which is rare (2 of 72)" in one.reason for one in rare)
    for one in found:
        assert one.label != one.runner_up
        if one.kind == UNCERTAIN:
            assert one.probability >= one.runner_up_probability
            assert one.reason.startswith(f"uncertain: {one.label} {one.probability:.2f}")
