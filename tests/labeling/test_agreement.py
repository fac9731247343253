"""Agreement: the figures that the annotations' README reports, and the edge cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codebook import Codebook, Task
from pipeline.labeling.agreement import agreement
from pipeline.labeling.alpha import alpha, bootstrap, interval, weighted_alpha
from pipeline.labeling.annotations import read_passes
from pipeline.records import Vote, VoteKind
from pipeline.settings.labeling import LabelingSettings

PAIR = Codebook(name="pair", version="1", tasks={"stance": Task(labels={"a": "", "b": "", "c": ""})})
QUICK = LabelingSettings(bootstrap=100)


def votes(*readings: str, kind: VoteKind = VoteKind.MODEL) -> list[Vote]:
    """One string an annotator, one letter a sentence; `-` is an abstention."""
    return [
        Vote(f"s{sentence}", "stance", None if label == "-" else label, f"p{annotator}", kind, "pair/1")
        for annotator, labels in enumerate(readings)
        for sentence, label in enumerate(labels)
    ]


@pytest.fixture(scope="module")
def published(root: Path, codebook: Codebook) -> dict[str, Any]:
    rows = read_passes(root, "data/annotations/v1/passes.jsonl", codebook)
    cast = [vote for row in rows for vote in row.votes(row.id, codebook)]
    return agreement(cast, codebook, LabelingSettings(), seed=0)


@pytest.mark.parametrize(
    ("task", "value", "differ"), [("stance", 0.984, 5), ("frame", 0.957, 24), ("holder", 0.971, 12)]
)
def test_the_reported_agreement_of_the_passes(published: dict[str, Any], task: str, value: float, differ: int) -> None:
    found = published["tasks"][task]
    assert found["annotators"] == ["pass_1", "pass_2"]
    assert found["sentences"] == 690
    assert found["alpha"]["value"] == pytest.approx(value, abs=0.0005)
    assert found["percent"] == pytest.approx(100 * (690 - differ) / 690)
    assert len(found["disagreements"]) == differ
    low, high = found["alpha"]["ci"]
    assert low < found["alpha"]["value"] < high <= 1
    [confusion] = found["confusions"]
    counts = np.array(confusion["counts"])
    assert counts.sum() == 690
    assert counts.sum() - np.trace(counts) == differ
    assert confusion["labels"] == list(found["labels"])


def test_a_label_is_measured_against_the_rest(published: dict[str, Any], root: Path) -> None:
    rows = [json.loads(line) for line in (root / "data/annotations/v1/passes.jsonl").read_text("utf-8").splitlines()]
    ratings = np.array(
        [[row["frame"] == "dialogue" for row in rows if row["annotator"] == name] for name in ("pass_1", "pass_2")]
    )
    found = published["tasks"]["frame"]["labels"]["dialogue"]
    assert found["alpha"]["value"] == pytest.approx(
        krippendorff.alpha(ratings.astype(int), level_of_measurement="nominal")
    )
    assert found["support"] == ratings.any(axis=0).sum()
    assert found["percent"] == pytest.approx(100 * (ratings[0] == ratings[1]).mean())


def test_the_result_is_plain_json_and_follows_the_seed(published: dict[str, Any]) -> None:
    assert json.loads(json.dumps(published, allow_nan=False)) == published
    cast = votes("aabbcaabbc", "aabbcaacbb")
    first = agreement(cast, PAIR, QUICK, seed=1)
    assert first == agreement(cast, PAIR, QUICK, seed=1)
    assert (
        first["tasks"]["stance"]["alpha"]["ci"]
        != agreement(cast, PAIR, QUICK, seed=2)["tasks"]["stance"]["alpha"]["ci"]
    )


def test_three_annotators_have_a_confusion_a_pair_and_may_abstain() -> None:
    found = agreement(votes("aab", "ab-", "a--"), PAIR, QUICK, seed=0)["tasks"]["stance"]
    assert found["sentences"] == 2
    assert found["percent"] == pytest.approx(50)
    assert found["disagreements"] == ["s1"]
    pairs = {(entry["rows"], entry["columns"]): np.sum(entry["counts"]) for entry in found["confusions"]}
    assert pairs == {("p0", "p1"): 2, ("p0", "p2"): 1, ("p1", "p2"): 1}
    assert found["confusions"][0]["counts"][0] == [1, 1, 0]


def test_alpha_is_null_where_nothing_varies() -> None:
    found = agreement(votes("aaa", "aaa"), PAIR, QUICK, seed=0)["tasks"]["stance"]
    assert found["percent"] == 100
    assert found["alpha"] == {"value": None, "ci": None}
    assert found["labels"]["c"]["alpha"] == {"value": None, "ci": None}
    assert found["labels"]["c"]["support"] == 0
    assert found["ac1"] == {"value": 1, "ci": [1, 1]}
    assert found["pairs"][0]["kappa"] is None


@pytest.mark.parametrize("kind", [VoteKind.RESOLVED, VoteKind.COMPOSED, VoteKind.RULE])
def test_only_independent_readings_are_compared(kind: VoteKind) -> None:
    cast = votes("ab") + votes("-", "ab", kind=kind)
    assert agreement(cast, PAIR, QUICK, seed=0) == {"schema": 1, "tasks": {}}


@settings(max_examples=50, deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(2, 12), st.integers(2, 4)), elements=st.integers(0, 3)), st.data())
def test_the_vectorised_alpha_equals_the_package(counts: np.ndarray, data: st.DataObject) -> None:
    counts[:, 0] += 2 * (counts.sum(axis=1) < 2)
    drawn = data.draw(arrays(np.int64, (3, len(counts)), elements=st.integers(0, 3)))
    for weights, value in zip(drawn, weighted_alpha(counts, drawn.astype(float)), strict=True):
        repeated = np.repeat(counts, weights, axis=0)
        expected = alpha(repeated)
        if expected is None:
            assert np.isnan(value)
        else:
            assert value == pytest.approx(expected)
            assert expected == pytest.approx(krippendorff.alpha(value_counts=repeated, level_of_measurement="nominal"))


def test_the_bootstrap_draws_in_batches_without_repeating_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.labeling.alpha.BATCH", 60)
    counts = np.array([[2, 0], [1, 1], [0, 2], [2, 0], [1, 1], [0, 2]])
    values = bootstrap([counts, counts], weighted_alpha, resamples=25, seed=3)
    assert values.shape == (2, 25)
    assert np.array_equal(values[0], values[1], equal_nan=True)
    assert not np.array_equal(values[0, :10], values[0, 10:20], equal_nan=True)


def test_an_interval_leaves_undefined_values_out() -> None:
    assert interval(np.array([np.nan, 0.0, 1.0]), 0.5) == [0.25, 0.75]
    assert interval(np.array([np.nan]), 0.5) is None
