"""How far annotators agree, a task and a label at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.labeling.ac1 import ac1, weighted_ac1
from pipeline.labeling.alpha import Counts, alpha, bootstrap, interval, weighted_alpha
from pipeline.labeling.pairwise import by_annotator, pairs
from pipeline.labeling.periods import last, over_time, percent
from pipeline.labeling.resolution import latest
from pipeline.records import Vote, VoteKind
from pipeline.seeding import derive_seed
from pipeline.settings.labeling import LabelingSettings

INDEPENDENT = frozenset({VoteKind.MODEL, VoteKind.HUMAN})
"""Kinds whose votes are readings of their own; a resolved label stems from such readings and would agree with them."""

Readings = dict[str, dict[str, int]]
"""Sentence id to annotator to the position of the label, of one task."""


def agreement(
    votes: Iterable[Vote],
    codebook: Codebook,
    settings: LabelingSettings,
    seed: int,
    annotators: Collection[str] | None = None,
) -> dict[str, Any]:
    """Agreement among all annotators, on the sentences that at least two of them labelled.

    The result can be written as JSON::

        {"schema": 1, "tasks": {TASK: {
            "annotators": [...], "sentences": n, "percent": 0 to 100,
            "alpha": {"value": a, "ci": [low, high]}, "ac1": {"value": a, "ci": [low, high]},
            "labels": {LABEL: {"percent": ..., "alpha": {...}, "ac1": {...}, "support": n}},
            "pairs": see `pairs`, "by_annotator": see `by_annotator`, "over_time": see `over_time`,
            "confusions": [{"rows": annotator, "columns": annotator, "labels": [...], "counts": [[...]]}],
            "disagreements": [sentence ids]}}}

    `percent` is the mean share of agreeing pairs of annotators. A label's figures are one against the rest; its
    `support` counts the sentences to which anybody gave it. `confusions` has one entry a pair of annotators. An alpha
    (and its `ci`) is null where nothing varies; resamples in which it is undefined are left out of the interval. A task
    that no two annotators share is absent.

    Of repeated votes the latest counts. The kinds of vote in INDEPENDENT take part, or, of whatever kind, those of the
    named `annotators`; a person's adjudications then are an annotator of their own, `NAME (adjudicated)`.
    """
    readings: dict[str, Readings] = {task: {} for task in codebook.tasks}
    times: dict[tuple[str, str], list[str]] = {}
    for vote in latest(votes):
        name = f"{vote.annotator} (adjudicated)" if vote.kind is VoteKind.ADJUDICATED else vote.annotator
        wanted = vote.kind in INDEPENDENT if annotators is None else name in annotators
        if wanted and vote.task in readings and vote.label is not None:
            position = codebook.index(vote.task, vote.label)
            readings[vote.task].setdefault(vote.sentence, {})[name] = position
            times.setdefault((vote.task, vote.sentence), []).append(vote.time)
    tasks: dict[str, Any] = {}
    for task, of_task in readings.items():
        shared = {sentence: labels for sentence, labels in of_task.items() if len(labels) > 1}
        if shared:
            dated = {sentence: last(times[task, sentence]) for sentence in shared}
            names = codebook.labels(task)
            tasks[task] = _task(shared, dated, names, settings, derive_seed(seed, "agreement", task))
    return {"schema": 1, "tasks": tasks}


def _task(
    readings: Readings, times: Mapping[str, str], names: tuple[str, ...], settings: LabelingSettings, seed: int
) -> dict[str, Any]:
    counts = np.zeros((len(readings), len(names)), dtype=np.int64)
    for row, labels in enumerate(readings.values()):
        np.add.at(counts[row], list(labels.values()), 1)
    raters = counts.sum(axis=1)
    tables = [counts, *(np.stack([counts[:, label], raters - counts[:, label]], axis=1) for label in range(len(names)))]

    def with_interval(
        value: Callable[[Counts], float | None],
        weighted: Callable[[Counts, NDArray[np.float64]], NDArray[np.float64]],
    ) -> list[dict[str, Any]]:
        drawn = bootstrap(tables, weighted, settings.bootstrap, seed)
        return [
            {"value": value(table), "ci": interval(values, settings.confidence)}
            for table, values in zip(tables, drawn, strict=True)
        ]

    alphas, ac1s = with_interval(alpha, weighted_alpha), with_interval(ac1, weighted_ac1)
    summaries = [
        {"percent": percent(table), "alpha": one, "ac1": other}
        for table, one, other in zip(tables, alphas, ac1s, strict=True)
    ]
    annotators = list(dict.fromkeys(annotator for labels in readings.values() for annotator in labels))
    pairwise = pairs(readings, annotators, names)
    return {
        "annotators": annotators,
        "sentences": len(readings),
        **summaries[0],
        "labels": {
            name: {**summary, "support": int(np.count_nonzero(counts[:, label]))}
            for label, (name, summary) in enumerate(zip(names, summaries[1:], strict=True))
        },
        "pairs": pairwise,
        "by_annotator": by_annotator(readings, annotators, names, pairwise),
        "over_time": over_time(times, counts),
        "confusions": [_confusion(readings, names, rows, columns) for rows, columns in combinations(annotators, 2)],
        "disagreements": [sentence for sentence, labels in readings.items() if len(set(labels.values())) > 1],
    }


def _confusion(
    readings: Mapping[str, Mapping[str, int]], names: tuple[str, ...], rows: str, columns: str
) -> dict[str, Any]:
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    for labels in readings.values():
        if rows in labels and columns in labels:
            counts[labels[rows], labels[columns]] += 1
    return {"rows": rows, "columns": columns, "labels": list(names), "counts": counts.tolist()}
