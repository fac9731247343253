"""A small made-up study: two tasks, groups of sentences, models that are right with a given probability."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from pipeline.codebook import Codebook, Task
from pipeline.evaluation import Evaluation, evaluate
from pipeline.records import LabeledSentence, Prediction
from pipeline.settings.evaluation import EvaluationSettings

CODEBOOK = Codebook(
    name="tiny",
    version="1",
    tasks={
        "stance": Task("", {"against": "", "favor": "", "neutral": ""}, contrast=["against", "favor"]),
        "frame": Task("", {"security": "", "none": ""}),
    },
)


@dataclass(frozen=True)
class Study:
    """Everything that evaluate() takes."""

    predictions: list[Prediction]
    labeled: list[LabeledSentence]
    groups: dict[str, str]
    sizes: dict[tuple[int, int], tuple[int, int]]
    codebook: Codebook

    def evaluate(self, seed: int = 0, **settings: Any) -> Evaluation:
        chosen = EvaluationSettings(**{"bootstrap": 200, "compare": [["good", "poor"]], **settings})
        return evaluate(self.predictions, self.labeled, self.groups, self.sizes, self.codebook, chosen, seed)

    def with_predictions(self, change: Callable[[Prediction], Prediction | None]) -> Study:
        """The study with each prediction changed, or left out where `change` gives None."""
        return replace(self, predictions=[new for old in self.predictions if (new := change(old)) is not None])


def build(
    models: Mapping[str, float],
    repetitions: int = 1,
    folds: int = 3,
    groups: int = 24,
    size: int = 5,
    tested_folds: int | None = None,
    seed: int = 0,
) -> Study:
    """A study of `groups` groups of `size` sentences; each model is right with the given probability.

    With `tested_folds`, only that many of the folds are tested, as a holdout does.
    """
    rng = np.random.default_rng(seed)
    ids = [f"s{number:03d}" for number in range(groups * size)]
    group_of = {id_: f"g{number // size:02d}" for number, id_ in enumerate(ids)}
    labeled = [
        LabeledSentence(id_, f"Sentence {id_}.", {task: str(rng.choice(t.names)) for task, t in CODEBOOK.tasks.items()})
        for id_ in ids
    ]
    predictions, sizes = [], {}
    for repetition in range(repetitions):
        fold_of = {f"g{g:02d}": int(fold) for g, fold in enumerate(rng.permutation(np.arange(groups) % folds))}
        for fold in range(tested_folds or folds):
            test = [sentence for sentence in labeled if fold_of[group_of[sentence.id]] == fold]
            sizes[repetition, fold] = (len(ids) - len(test), len(test))
            for sentence in test:
                for task in CODEBOOK.tasks:
                    for model, skill in models.items():
                        row = _probabilities(rng, CODEBOOK.index(task, sentence.labels[task] or ""), task, skill)
                        predictions.append(Prediction(sentence.id, task, model, repetition, fold, row))
    return Study(predictions, labeled, group_of, sizes, CODEBOOK)


def _probabilities(rng: np.random.Generator, gold: int, task: str, skill: float) -> tuple[float, ...]:
    count = len(CODEBOOK.labels(task))
    top = gold if rng.random() < skill else (gold + 1 + int(rng.integers(count - 1))) % count
    row = rng.random(count)
    row[top] = 1 + rng.random()
    return tuple((row / row.sum()).tolist())


@pytest.fixture(scope="session")
def build_study() -> Callable[..., Study]:
    return build


@pytest.fixture(scope="session")
def study() -> Study:
    """One repetition of three folds; `good` is right on 90 %, `poor` on 50 % of the sentences."""
    return build({"good": 0.9, "poor": 0.5})
