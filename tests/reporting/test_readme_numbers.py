"""The README's numbers are those of the committed reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NAMES = {
    "majority": "Majority",
    "stratified": "Stratified guess",
    "rules": "Rules (no training)",
    "tfidf": "TF-IDF, tuned",
    "embedding": "Frozen embeddings, tuned",
    "transformer": "Transformer (MiniLM)",
}
SEEDS = {1: "one seed", 3: "three seeds", 5: "five seeds"}


@pytest.fixture(scope="module")
def told() -> str:
    return " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def reference(name: str) -> Any:
    return json.loads((ROOT / "reports" / "reference" / f"{name}.json").read_text(encoding="utf-8"))


def test_scores_of_every_model(told: str) -> None:
    metrics = reference("metrics")
    tasks = metrics["tasks"]
    assert set(tasks["stance"]["models"]) == set(NAMES)
    for model, name in NAMES.items():
        scores = [found["models"][model]["macro_f1"] for found in tasks.values()]
        cells = [f"{one['mean']:.3f} ({one['ci'][0]:.3f} to {one['ci'][1]:.3f})" for one in scores]
        assert f"| {name} | {' | '.join(cells)} |" in told
    assert SEEDS[metrics["repetitions"]] in told


def test_differences_and_what_they_are_called(told: str) -> None:
    for task, found in reference("comparison")["tasks"].items():
        low, high = found["ci"]
        assert f"{task} {100 * found['difference']:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})" in told
        assert f"**{found['outcome']}**" in told


def test_better_than_frozen_embeddings(told: str) -> None:
    assert "Than the same encoder left frozen" in told
    pairs = [one for one in reference("comparison")["pairs"] if (one["a"], one["b"]) == ("transformer", "embedding")]
    assert [one["outcome"] for one in pairs] == ["better"] * 3


def test_minimal_pairs(told: str) -> None:
    models = reference("challenge")["models"]
    pairs = {name: models[name]["both_right"] for name in ("transformer", "tfidf")}
    assert pairs["tfidf"]["of"] == 60
    right = [pairs[name]["right"] for name in ("transformer", "tfidf")]
    assert f"frozen embeddings of {models['embedding']['both_right']['right']}." in told
    assert "Of 60 minimal pairs the transformer has both sentences of {} right, TF-IDF of {}".format(*right) in told
    assert "Of 60 minimal pairs it has both members right in {}, the baseline in {}".format(*right) in told
