"""Kappa, AC1 and agreement over time, against published figures and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.codebook import Codebook, Task
from pipeline.labeling.ac1 import ac1, weighted_ac1
from pipeline.labeling.agreement import agreement
from pipeline.labeling.alpha import alpha
from pipeline.labeling.pairwise import by_annotator, pairs
from pipeline.labeling.periods import over_time
from pipeline.records import Vote, VoteKind
from pipeline.settings.labeling import LabelingSettings

BOOK = Codebook("b", "1", tasks={"tone": Task(labels={"a": "", "b": "", "c": ""})})
NAMES = ("a", "b", "c")
FOUR_RATERS = ("123321412---", "1233224125-3", "-3332342251-", "12332441251-")
"""Four raters, twelve units, five categories: Krippendorff's example. Gwet reports an AC1 of 0.775, alpha is 0.743."""


def counts_of(raters: tuple[str, ...], labels: int) -> np.ndarray:
    counts = np.zeros((len(raters[0]), labels), dtype=np.int64)
    for rater in raters:
        for unit, label in enumerate(rater):
            if label != "-":
                counts[unit, int(label) - 1] += 1
    return counts


def vote(sentence: str, label: str | None, annotator: str, kind: VoteKind = VoteKind.HUMAN, time: str = "") -> Vote:
    return Vote(sentence, "tone", label, annotator, kind, "b/1", time)


def test_the_published_example() -> None:
    counts = counts_of(FOUR_RATERS, 5)
    assert ac1(counts) == pytest.approx(0.775, abs=0.0005)
    assert alpha(counts[counts.sum(axis=1) > 1]) == pytest.approx(0.743, abs=0.0005)


def test_ac1_stays_high_where_one_label_rules_and_alpha_does_not() -> None:
    counts = np.array([[2, 0]] * 98 + [[1, 1]] * 2)
    assert ac1(counts) > 0.97
    value = alpha(counts)
    assert value is not None
    assert value < 0


def test_ac1_of_nothing_but_agreement_is_one_and_weights_repeat_sentences() -> None:
    assert ac1(np.array([[2, 0], [3, 0]])) == 1
    counts = np.array([[2, 0, 0], [1, 1, 0], [0, 1, 0]])
    weights = np.array([[1.0, 2.0, 1.0], [0.0, 0.0, 3.0]])
    found = weighted_ac1(counts, weights)
    assert found[0] == pytest.approx(ac1(counts[[0, 1, 1, 2]]))
    assert np.isnan(found[1])


def test_kappa_by_pair_and_label() -> None:
    readings = {
        f"s{row}": {"anna": int(a), "ben": int(b)} for row, (a, b) in enumerate(zip("0011", "0111", strict=True))
    }
    readings["s9"] = {"anna": 2, "cleo": 2}
    [first, second] = pairs(readings, ["anna", "ben", "cleo"], NAMES)
    assert first["annotators"] == ["anna", "ben"]
    # Observed 3/4, expected (2/4)(1/4) + (2/4)(3/4) = 1/2.
    assert first["kappa"] == pytest.approx(0.5)
    assert first["percent"] == 75
    assert first["labels"]["a"]["kappa"] == pytest.approx(0.5)
    assert first["labels"]["a"]["support"] == 2
    assert first["labels"]["c"]["kappa"] is None
    assert second["annotators"] == ["anna", "cleo"]
    assert second["kappa"] is None
    found = by_annotator(readings, ["anna", "ben", "cleo"], NAMES, [first, second])
    assert found["anna"]["percent"] == pytest.approx((75 + 100) / 2)
    assert found["anna"]["kappa"] == pytest.approx(0.5)
    assert found["anna"]["counts"] == {"a": 2, "b": 2, "c": 1}
    assert found["cleo"]["kappa"] is None


def test_periods_are_days_within_a_month_and_months_beyond() -> None:
    counts = np.array([[2, 0], [1, 1], [0, 2]])
    near = {"x": "2025-03-01T10:00:00Z", "y": "2025-03-02T10:00:00+02:00", "z": ""}
    found = over_time(near, counts)
    assert [(one["period"], one["percent"]) for one in found] == [("2025-03-01", 100), ("2025-03-02", 0)]
    far = {"x": "2025-03-01", "y": "2025-05-02", "z": "2025-05-09"}
    assert [(one["period"], one["sentences"]) for one in over_time(far, counts)] == [("2025-03", 1), ("2025-05", 2)]
    assert over_time(dict.fromkeys("xyz", ""), counts) == []


def test_the_latest_vote_counts_and_anybody_can_be_chosen() -> None:
    votes = [
        vote("s", "a", "anna", time="2025-01-02"),
        vote("s", "b", "anna", time="2025-01-01"),
        vote("s", "a", "ben"),
        vote("s", "c", "rules", VoteKind.RULE),
        vote("s", "b", "anna", VoteKind.ADJUDICATED),
    ]
    quick = LabelingSettings(bootstrap=100)
    found = agreement(votes, BOOK, quick, 0)["tasks"]["tone"]
    assert found["annotators"] == ["anna", "ben"]
    assert found["percent"] == 100
    chosen = agreement(votes, BOOK, quick, 0, {"rules", "anna (adjudicated)"})["tasks"]["tone"]
    assert chosen["annotators"] == ["rules", "anna (adjudicated)"]
    assert chosen["percent"] == 0
