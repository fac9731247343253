"""The labels that the rows of a data set came with: votes like any other, and what else a row says of its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.records import LabeledSentence, TableRow, Vote, VoteKind


def row_votes(rows: Sequence[TableRow], data_set: str, codebook: Codebook) -> list[Vote]:
    """A resolved vote for each label of each row, cast by `data_set`.

    Raises DataError without rows, and, naming the row, for a task or a label that the codebook does not have.
    """
    votes = []
    if not rows:
        raise DataError(f"labeling.given takes the labels of a table, but corpus {data_set} has none; set corpus.table")
    for row in rows:
        for task, label in row.labels.items():
            if task not in codebook.tasks:
                raise DataError(
                    f"corpus.table.columns.labels has the task {task!r}; codebook {codebook.identifier} has"
                    f" {', '.join(codebook.tasks)}"
                )
            names = codebook.labels(task)
            if label is not None and label not in names:
                raise DataError(
                    f"{row.place}: unknown {task} label {label!r}; codebook {codebook.identifier} has"
                    f" {', '.join(names)}; map it under corpus.table.labels.{task}"
                )
            if label is not None:
                votes.append(Vote(row.sentence, task, label, data_set, VoteKind.RESOLVED, codebook.identifier))
    return votes


def with_rows(labeled: Sequence[LabeledSentence], rows: Mapping[str, TableRow]) -> list[LabeledSentence]:
    """`labeled` with context, target, group and part as their rows, by sentence id, have them."""
    if not rows:
        return list(labeled)
    return [
        replace(one, context=row.context, target=row.target, group=row.group, part=row.part)
        if (row := rows.get(one.id)) is not None
        else one
        for one in labeled
    ]
