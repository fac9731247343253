"""Files of votes, as the imports of people's and models' labels write them: one `Vote` a line, read strictly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.labeling.annotations import COMPOSED, GOLD, rows_of, text_of
from pipeline.labeling.resolution import moment
from pipeline.labeling.version_maps import VersionMap
from pipeline.records import Vote, VoteKind

KINDS = tuple(kind for kind in VoteKind if kind is not VoteKind.COMPOSED)
SECOND = "2"
"""What follows the name of a task in a vote for a second label."""
FIELDS = ("sentence", "task", "label", "annotator", "kind", "codebook", "time", "prelabel")


def read_votes(
    root: Path, names: Sequence[str], sentences: Collection[str], codebook: Codebook, maps: Mapping[str, VersionMap]
) -> list[Vote]:
    """The votes in the files `names` relative to `root`, their labels in terms of `codebook`.

    `sentences` are the known ids. A vote that followed another codebook has its label translated by `maps` and goes on
    bearing the version that its annotator followed. Second labels vote under `<task>2`. Raises DataError naming file
    and line for an unknown sentence, task, label, kind or codebook, and for an annotator's second vote on the same
    sentence and task that has no time of its own, so that nobody knows which one counts.
    """
    votes: list[Vote] = []
    places: dict[tuple[str, str, str, str, str], str] = {}
    for name in names:
        for place, row in rows_of(root, name):
            vote = _vote(row, place, sentences, codebook, maps)
            key = (vote.sentence, vote.task, vote.annotator, vote.kind.value, vote.time)
            if (earlier := places.setdefault(key, place)) != place:
                when = f"of the same time {vote.time}" if vote.time else "without a time"
                raise DataError(
                    f"{place}: {vote.annotator} voted on {vote.task} of {vote.sentence!r} {when} at {earlier}, too;"
                    " remove the one that does not count"
                )
            votes.append(vote)
    return votes


def _vote(
    row: dict[str, Any], place: str, sentences: Collection[str], codebook: Codebook, maps: Mapping[str, VersionMap]
) -> Vote:
    if unknown := [key for key in row if key not in FIELDS]:
        raise DataError(f"{place}: unknown field {unknown[0]!r}; a vote has {', '.join(FIELDS)}")
    sentence, task, annotator, kind, followed = (
        text_of(row, key, place) for key in ("sentence", "task", "annotator", "kind", "codebook")
    )
    if sentence not in sentences:
        raise DataError(f"{place}: sentence {sentence!r} is not in this corpus; import for this corpus, or remove it")
    if kind not in KINDS:
        raise DataError(f"{place}: unknown kind {kind!r}; a vote is one of {', '.join(KINDS)}")
    if annotator in (GOLD, COMPOSED):
        raise DataError(f"{place}: annotator {annotator!r} is reserved; name the annotator otherwise")
    if followed == codebook.identifier:
        label = _label(row.get("label"), task, place, codebook)
    elif followed in maps:
        task, label = _translated(row.get("label"), task, place, maps[followed])
    else:
        raise DataError(
            f"{place}: the vote follows codebook {followed}, this run {codebook.identifier};"
            " name a file that maps its labels under labeling.version_maps"
        )
    time, prelabel = _time(row.get("time", ""), place), str(row.get("prelabel", ""))
    return Vote(sentence, task, label, annotator, VoteKind(kind), followed, time, prelabel)


def _label(label: Any, task: str, place: str, codebook: Codebook) -> str | None:
    base = task if task in codebook.tasks else task.removesuffix(SECOND)
    if base not in codebook.tasks:
        raise DataError(
            f"{place}: unknown task {task!r}; codebook {codebook.identifier} has {', '.join(codebook.tasks)}"
        )
    if label is not None and label not in codebook.labels(base):
        names = ", ".join(codebook.labels(base))
        raise DataError(f"{place}: unknown {task} label {label!r}; codebook {codebook.identifier} has {names}")
    return None if label is None else str(label)


def _translated(label: Any, task: str, place: str, mapped: VersionMap) -> tuple[str, str | None]:
    """Task and label in the run's codebook; a vote on a task that was removed abstains under the task's old name."""
    base = task if task in mapped.tasks else task.removesuffix(SECOND)
    if base not in mapped.tasks:
        raise DataError(f"{place}: {mapped.name} does not say what task {task!r} became; add it there, or null")
    new = mapped.tasks[base]
    suffix = task[len(base) :]
    if new is None or label is None:
        return (new or base) + suffix, None
    return new + suffix, mapped.label(base, str(label), place)


def _time(value: Any, place: str) -> str:
    try:
        moment(value)
    except (TypeError, ValueError):
        raise DataError(f"{place}: time {value!r} is not in ISO 8601, as in 2025-01-31T12:00:00+00:00") from None
    return str(value)
