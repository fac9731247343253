"""Even partitions: as even as the groups allow, whatever the seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting.groups import make_groups
from pipeline.splitting.partition import group_counts, partition


def sums(parts: NDArray[np.intp], counts: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    return np.stack([counts[parts == part].sum(axis=0) for part in range(number)])


def distance(held: NDArray[np.float64]) -> float:
    target = held.sum(axis=0) / len(held)
    return float(((held - target) ** 2 / target).sum())


@pytest.fixture(scope="module")
def gold_counts(gold: list[LabeledSentence]) -> tuple[list[str], NDArray[np.float64], list[str]]:
    groups = make_groups(gold, SplitSettings())
    names, counts = group_counts([one.id for one in gold], groups, {one.id: one.labels for one in gold})
    return names, counts, [groups[one.id] for one in gold]


def test_counts_hold_sentences_and_labels() -> None:
    labels: dict[str, dict[str, str | None]] = {
        "1": {"t": "a", "u": None},
        "2": {"t": "b", "u": "a"},
        "3": {"t": "a", "u": "a"},
    }
    names, counts = group_counts(["1", "2", "3"], {"1": "g", "2": "h", "3": "g"}, labels)
    assert names == ["g", "h"]
    assert counts.tolist() == [[2, 2, 0, 1], [1, 0, 1, 1]]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rare_labels_are_in_as_many_folds_as_the_groups_allow(
    gold_counts: tuple[list[str], NDArray[np.float64], list[str]], seed: int
) -> None:
    _, counts, _ = gold_counts
    held = sums(partition(counts, [0.2] * 5, seed), counts, 5)
    unavoidable = np.maximum(0, 5 - np.count_nonzero(counts, axis=0)).sum()
    assert np.count_nonzero(held == 0) <= unavoidable + 1
    # Sentences and the two largest stances are spread to within a block of 15.
    assert np.ptp(held[:, 0]) <= 20


def test_labels_are_spread_more_evenly_than_by_stratified_group_k_fold(
    gold: list[LabeledSentence], gold_counts: tuple[list[str], NDArray[np.float64], list[str]]
) -> None:
    names, counts, of_sentence = gold_counts
    joint = ["/".join(str(label) for label in one.labels.values()) for one in gold]
    with pytest.warns(UserWarning, match="least populated class"):
        folds = list(StratifiedGroupKFold(5, shuffle=True, random_state=0).split(joint, joint, of_sentence))
    test_names = [{of_sentence[row] for row in test} for _, test in folds]
    parts = np.array([next(number for number, held in enumerate(test_names) if name in held) for name in names])
    assert distance(sums(partition(counts, [0.2] * 5, 0), counts, 5)) < 0.6 * distance(sums(parts, counts, 5))


def test_shares_are_met(gold_counts: tuple[list[str], NDArray[np.float64], list[str]]) -> None:
    _, counts, _ = gold_counts
    held = sums(partition(counts, [0.1, 0.9], 0), counts, 2)
    assert held[0, 0] == pytest.approx(69, abs=10)


def test_seeds_give_different_partitions_and_equal_ones_the_same(
    gold_counts: tuple[list[str], NDArray[np.float64], list[str]],
) -> None:
    _, counts, _ = gold_counts
    first, again, other = (partition(counts, [0.2] * 5, seed) for seed in (0, 0, 1))
    assert first.tolist() == again.tolist()
    together, elsewhere = first[:, None] == first, other[:, None] == other
    assert (together != elsewhere).mean() > 0.1


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(2, 5), st.integers(0, 5))
def test_no_part_is_empty(data: st.DataObject, parts: int, extra: int) -> None:
    sizes = data.draw(st.lists(st.integers(1, 50), min_size=parts + extra, max_size=parts + extra))
    shares = np.array(data.draw(st.lists(st.integers(1, 20), min_size=parts, max_size=parts)), dtype=float)
    found = partition(np.array(sizes, dtype=float)[:, None], list(shares / shares.sum()), seed=0)
    assert set(found.tolist()) == set(range(parts))
