"""How far annotators agree, a task and a label at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from pipeline.codebook import Codebook
from pipeline.labeling.alpha import Counts, alpha, bootstrap_alpha, interval
from pipeline.records import Vote, VoteKind
from pipeline.seeding import derive_seed
from pipeline.settings.labeling import LabelingSettings

INDEPENDENT = frozenset({VoteKind.MODEL, VoteKind.HUMAN})
"""Kinds whose votes are readings of their own; a resolved label stems from such readings and would agree with them."""

Readings = dict[str, dict[str, int]]
"""Sentence id to annotator to the position of the label."""


def agreement(votes: Iterable[Vote], codebook: Codebook, settings: LabelingSettings, seed: int) -> dict[str, Any]:
    """Agreement among all annotators, on the sentences that at least two of them labelled.

    The result can be written as JSON::

        {"schema": 1, "tasks": {TASK: {
            "annotators": [...], "sentences": n, "percent": 0 to 100, "alpha": {"value": a, "ci": [low, high]},
            "labels": {LABEL: {"percent": ..., "alpha": {...}, "support": n}},
            "confusions": [{"rows": annotator, "columns": annotator, "labels": [...], "counts": [[...]]}],
            "disagreements": [sentence ids]}}}

    `percent` is the mean share of agreeing pairs of annotators. A label's figures are one against the rest; its
    `support` counts the sentences to which anybody gave it. `confusions` has one entry a pair of annotators. An alpha
    (and its `ci`) is null where nothing varies; resamples in which it is undefined are left out of the interval. A task
    that no two annotators share is absent.
    """
    readings: dict[str, Readings] = {task: {} for task in codebook.tasks}
    for vote in votes:
        if vote.kind in INDEPENDENT and vote.task in readings and vote.label is not None:
            position = codebook.index(vote.task, vote.label)
            readings[vote.task].setdefault(vote.sentence, {})[vote.annotator] = position
    tasks: dict[str, Any] = {}
    for task, of_task in readings.items():
        shared = {sentence: labels for sentence, labels in of_task.items() if len(labels) > 1}
        if shared:
            tasks[task] = _task(shared, codebook.labels(task), settings, derive_seed(seed, "agreement", task))
    return {"schema": 1, "tasks": tasks}


def _task(readings: Readings, names: tuple[str, ...], settings: LabelingSettings, seed: int) -> dict[str, Any]:
    counts = np.zeros((len(readings), len(names)), dtype=np.int64)
    for row, labels in enumerate(readings.values()):
        np.add.at(counts[row], list(labels.values()), 1)
    raters = counts.sum(axis=1)
    tables = [counts, *(np.stack([counts[:, label], raters - counts[:, label]], axis=1) for label in range(len(names)))]
    resampled = bootstrap_alpha(tables, settings.bootstrap, seed)
    summaries = [
        {"percent": _percent(table), "alpha": {"value": alpha(table), "ci": interval(values, settings.confidence)}}
        for table, values in zip(tables, resampled, strict=True)
    ]
    annotators = list(dict.fromkeys(annotator for labels in readings.values() for annotator in labels))
    return {
        "annotators": annotators,
        "sentences": len(readings),
        **summaries[0],
        "labels": {
            name: {**summary, "support": int(np.count_nonzero(counts[:, label]))}
            for label, (name, summary) in enumerate(zip(names, summaries[1:], strict=True))
        },
        "confusions": [_confusion(readings, names, rows, columns) for rows, columns in combinations(annotators, 2)],
        "disagreements": [sentence for sentence, labels in readings.items() if len(set(labels.values())) > 1],
    }


def _percent(counts: Counts) -> float:
    raters = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1)
    return float(100 * np.mean(agreeing / (raters * (raters - 1))))


def _confusion(
    readings: Mapping[str, Mapping[str, int]], names: tuple[str, ...], rows: str, columns: str
) -> dict[str, Any]:
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    for labels in readings.values():
        if rows in labels and columns in labels:
            counts[labels[rows], labels[columns]] += 1
    return {"rows": rows, "columns": columns, "labels": list(names), "counts": counts.tolist()}
