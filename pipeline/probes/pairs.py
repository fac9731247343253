"""Minimal pairs: two sentences that differ by a small edit which must, or must not, change a label.

A behavioural test in the manner of Kaushik et al. (2020), contrast sets (Gardner et al. 2020) and CheckList (Ribeiro et
al. 2020): never trained on, never tuned to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook
from pipeline.errors import DataError, LeakageError
from pipeline.labeling.annotations import fold, rows_of, text_of
from pipeline.records import LabeledSentence
from pipeline.splitting import near_duplicates_of

BOTH = "both"
CHANGES = ("flips", "changes")
SAME = "same"


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """`kind` says what was edited (negation, voice …); it must change the labels of `tasks`, or leave them the `same`.

    `expect` is that expectation as the file has it.
    """

    id: str
    kind: str
    expect: str
    tasks: tuple[str, ...]
    same: bool
    sentences: tuple[LabeledSentence, LabeledSentence]


def read_pairs(root: Path, name: str, codebook: Codebook) -> list[MinimalPair]:
    """The pairs of a JSON Lines file with `id`, `pair`, `type`, `text`, `expect` and a label for any of the tasks.

    `expect` is `TASK_flips`, `TASK_changes` or `TASK_same`; `both_same` speaks of the codebook's first two tasks.
    Raises DataError naming file and line for a broken or unknown value, and a pair that is none.
    """
    rows: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    seen: dict[str, str] = {}
    for place, row in rows_of(root, name):
        earlier = seen.setdefault(text_of(row, "id", place), place)
        if earlier != place:
            raise DataError(f"{place}: duplicate id {row['id']!r}, first at {earlier}; remove one")
        rows.setdefault(text_of(row, "pair", place), []).append((place, row))
    return [_pair(key, members, codebook) for key, members in rows.items()]


def refuse_known(pairs: Sequence[MinimalPair], labeled: Sequence[LabeledSentence], threshold: float) -> None:
    """Raise LeakageError where a sentence of `pairs` is a near-duplicate of one that models are trained on.

    `threshold` is the similarity from which two texts count as near-duplicates; with 0 none are looked for.
    """
    sentences = [one for pair in pairs for one in pair.sentences]
    known = near_duplicates_of(sentences, labeled, threshold) if threshold else ()
    if known:
        raise LeakageError(
            f"{len(known)} sentences of minimal pairs are nearly the same as labelled ones, the first {known[0]!r}; "
            "what is trained on tests nothing, so take these pairs out"
        )


def _pair(key: str, members: Sequence[tuple[str, dict[str, Any]]], codebook: Codebook) -> MinimalPair:
    place, row = members[0]
    if len(members) != 2:
        raise DataError(f"{place}: pair {key!r} has {len(members)} sentences; it needs two")
    for field in ("type", "expect"):
        values = [text_of(one, field, where) for where, one in members]
        if values[0] != values[1]:
            raise DataError(f"{members[1][0]}: pair {key!r} has {field!r} {values[1]!r} here, {values[0]!r} before")
    tasks, same = _expectation(row["expect"], place, codebook)
    first, second = (_sentence(one, where, codebook) for where, one in members)
    return MinimalPair(key, row["type"], row["expect"], tasks, same, (first, second))


def _expectation(text: str, place: str, codebook: Codebook) -> tuple[tuple[str, ...], bool]:
    """The tasks that `text` speaks of, and whether their labels stay the same."""
    task, _, change = text.rpartition("_")
    tasks = tuple(codebook.tasks)[:2] if task == BOTH else (task,)
    if change not in (*CHANGES, SAME) or any(one not in codebook.tasks for one in tasks):
        raise DataError(
            f"{place}: 'expect' is {text!r}; it must be TASK_flips, TASK_changes, TASK_same or both_same, with a task "
            f"of {', '.join(codebook.tasks)}"
        )
    return tasks, change == SAME


def _sentence(row: dict[str, Any], place: str, codebook: Codebook) -> LabeledSentence:
    labels: dict[str, str | None] = {}
    for task in codebook.tasks:
        label = row.get(task)
        if label is not None and label not in codebook.labels(task):
            known = ", ".join(codebook.labels(task))
            raise DataError(f"{place}: unknown {task} label {label!r}; codebook {codebook.identifier} has {known}")
        labels[task] = label
    target = row.get("target")
    return LabeledSentence(
        text_of(row, "id", place),
        fold(text_of(row, "text", place)),
        labels,
        target=target if isinstance(target, str) else "",
    )
