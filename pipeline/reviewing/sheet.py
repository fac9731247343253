"""What to review as files: JSON Lines, or a CSV sheet that `stance annotations import` takes back filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.annotating.assignment import Assignment
from pipeline.artifacts import write_atomically, write_records
from pipeline.codebook import Codebook
from pipeline.errors import ConfigError, DataError

REASON = "_reason"
"""Column that says why a sentence is in the sheet; no task can have its name."""
_WHO = ("annotator", "time")


@dataclass(frozen=True, slots=True)
class Entry:
    """A sentence to look at, the reasons for it a task, and everything known about it for programs."""

    assignment: Assignment
    reasons: Mapping[str, str]
    details: Mapping[str, Any]


def check_output(path: Path) -> None:
    """Raise ConfigError unless `path` ends in .csv or .jsonl, DataError unless its folder exists."""
    if path.suffix not in (".csv", ".jsonl"):
        raise ConfigError(f"--output {path} must end in .csv (a sheet to fill in) or .jsonl")
    if not path.parent.is_dir():
        raise DataError(f"--output {path}: there is no folder {path.parent}; make it first")


def write_entries(path: Path, entries: Sequence[Entry], codebook: Codebook) -> int:
    """Write `entries` and return how many rows or lines that gave.

    JSON Lines have a line an entry. The sheet has a row a sentence, with an empty column a task to write a label into.
    """
    if path.suffix == ".jsonl":
        write_records(path, [entry.details for entry in entries])
        return len(entries)
    rows = _merged(entries)
    shown = dict.fromkeys(key for row in rows for key in row)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*shown, *codebook.tasks, *_WHO], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, buffer.getvalue())
    return len(rows)


def _merged(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Fields of each sentence, at its first place, with all its reasons."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        row = rows.setdefault(entry.assignment.sentence, entry.assignment.fields() | {REASON: ""})
        told = [f"{task}: {reason}" for task, reason in entry.reasons.items()]
        row[REASON] = " | ".join([*([row[REASON]] if row[REASON] else []), *told])
    return list(rows.values())
