"""Labels that are probably wrong: a model that never saw them disagrees, and so do the sentences most like theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.records import LabeledSentence, Prediction
from pipeline.reviewing.vectors import Vectors

NEIGHBOURS = 10
"""How many neighbours have a say."""
SHOWN = 3
"""How many of the neighbours with another label are named."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Suspect:
    """One label to look at again.

    `probability` is the out-of-fold probability of the `given` label, averaged over models and repetitions;
    `neighbourhood` the share of the nearest sentences that carry it, weighted by their similarity; both in [0, 1], and
    `score` is their mean: the lower, the more suspect. `suggested` is the label with the highest such mean. `issue` is
    true where confident learning counts the label as an error. `neighbours` names the nearest sentences with another
    label, the nearest first.
    """

    sentence: str
    task: str
    given: str
    suggested: str
    score: float
    probability: float
    suggested_probability: float
    neighbourhood: float
    issue: bool
    neighbours: tuple[str, ...]

    def reason(self) -> str:
        """What speaks against the label, in words."""
        counted = "; a label error by confident learning" if self.issue else ""
        return (
            f"{self.given}, rather {self.suggested}? models give {self.given} {self.probability:.2f} and "
            f"{self.suggested} {self.suggested_probability:.2f}, {self.neighbourhood:.0%} of the neighbourhood is "
            f"{self.given}{counted}"
        )


def find_suspects(
    labeled: Sequence[LabeledSentence],
    predictions: Iterable[Prediction],
    models: Sequence[str],
    vectors: Vectors,
    codebook: Codebook,
) -> dict[str, list[Suspect]]:
    """The suspects of every task, the most suspect first; those whose given label is still the best are left out.

    `vectors` has a row for each of `labeled`, which holds no composed sentence. `predictions` of other models than
    `models` are not looked at. A sentence without a label or without a prediction is no suspect. Where a label is
    wrong by chance, the mean of both signals finds it more often than either alone (docs/reviewing.md).
    """
    gathered = _averages(predictions, frozenset(models))
    found: dict[str, list[Suspect]] = {}
    for task in codebook.tasks:
        rows = [row for row, one in enumerate(labeled) if one.labels.get(task) and (one.id, task) in gathered]
        if len(rows) > 1:
            table = np.stack([gathered[labeled[row].id, task] for row in rows])
            found[task] = _of_task([labeled[row] for row in rows], task, table, vectors[rows], codebook)
    return found


def _averages(predictions: Iterable[Prediction], models: frozenset[str]) -> dict[tuple[str, str], Floats]:
    """Mean probabilities of a sentence and task: over the repetitions of each model, then over the models."""
    tables: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for one in predictions:
        if one.model in models:
            tables[one.sentence, one.task][one.model].append(one.probabilities)
    return {
        key: np.mean([np.mean(repetitions, axis=0) for repetitions in of_model.values()], axis=0)
        for key, of_model in tables.items()
    }


def _of_task(
    sentences: Sequence[LabeledSentence], task: str, table: Floats, vectors: Vectors, codebook: Codebook
) -> list[Suspect]:
    names = codebook.labels(task)
    given = np.array([codebook.index(task, str(one.labels[task])) for one in sentences])
    issues = confident_issues(given, table)
    nearest, votes = neighbour_votes(vectors, given, len(names))
    means = (table + votes) / 2
    own = np.arange(len(given))
    scores = means[own, given]
    best = means.argmax(axis=1)
    # Equal scores keep the order of the documents, so that a list does not depend on the machine.
    order = [int(row) for row in np.argsort(np.round(scores, 9), kind="stable") if best[row] != given[row]]
    return [
        Suspect(
            sentence=sentences[row].id,
            task=task,
            given=names[given[row]],
            suggested=names[best[row]],
            score=float(scores[row]),
            probability=float(table[row, given[row]]),
            suggested_probability=float(table[row, best[row]]),
            neighbourhood=float(votes[row, given[row]]),
            issue=bool(issues[row]),
            neighbours=tuple(sentences[near].id for near in nearest[row] if given[near] != given[row])[:SHOWN],
        )
        for row in order
    ]


def neighbour_votes(vectors: Vectors, given: NDArray[np.int64], labels: int) -> tuple[NDArray[np.int64], Floats]:
    """The NEIGHBOURS nearest rows of each row, and the share of each label among them.

    Shapes (sentences, neighbours) and (sentences, labels); neighbours weigh by cosine similarity, nearest first.
    Bahri, Jiang and Gupta, "Deep k-NN for Noisy Labels" (2020), show that neighbours tell label errors.
    """
    from sklearn.neighbors import NearestNeighbors

    count = min(NEIGHBOURS, len(given) - 1)
    index = NearestNeighbors(n_neighbors=count, metric="cosine", algorithm="brute").fit(vectors)
    distances, nearest = index.kneighbors()
    # A sentence that is like no other still has neighbours, each with the same small weight.
    weights = np.maximum(1.0 - distances, 1e-6)
    votes = np.zeros((len(given), labels))
    np.add.at(votes, (np.arange(len(given))[:, None], given[nearest]), weights)
    return nearest, votes / weights.sum(axis=1, keepdims=True)


def confident_issues(given: NDArray[np.int64], probabilities: Floats) -> NDArray[np.bool_]:
    """Which labels confident learning counts as errors, shape (sentences,).

    Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels" (2021), by way
    of cleanlab: another label is as probable as it is, on average, for the sentences that carry it.
    """
    from cleanlab.filter import find_label_issues

    if len(np.unique(given)) < 2:  # nothing that a label could be confused with
        return np.zeros(len(given), dtype=np.bool_)
    found = find_label_issues(given, probabilities, filter_by="confident_learning", n_jobs=1)
    return np.asarray(found, dtype=np.bool_)
