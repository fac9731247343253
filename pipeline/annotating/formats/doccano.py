"""doccano: examples and label types to import there, and its JSONL export, one file an annotator."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from pipeline.annotating.assignment import Answer, Assignment, Rejected
from pipeline.codebook import Codebook

COLLABORATIVE = "all"
"""Stem of the export of a project whose annotators share their labels, so that nobody knows whose they are."""
_COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#e45756", "#72b7b2", "#9d755d", "#eeca3b")


def write_examples(assignments: Iterable[Assignment]) -> str:
    """JSON Lines for a project of text classification, import format JSONL.

    Pre-labels are shown as metadata and not imported as labels: doccano would hand them back as labels of whoever
    imported them, looked at or not. Every line has every field and none is null: doccano reads lines into a data frame,
    and its database refuses the NaN that stands there for what is missing.
    """
    rows = [assignment.fields() for assignment in assignments]
    keys = dict.fromkeys(key for row in rows for key in row)
    filled = [{key: "" if row.get(key) is None else row[key] for key in keys} | {"label": []} for row in rows]
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in filled)


def write_label_types(codebook: Codebook) -> str:
    """JSON for Labels, Import: a label type `TASK:LABEL` for every label, coloured by task."""
    types = [
        {
            "text": f"{task}:{label}",
            "prefixKey": None,
            "suffixKey": None,
            "backgroundColor": _COLOURS[number % len(_COLOURS)],
            "textColor": "#ffffff",
        }
        for number, task in enumerate(codebook.tasks)
        for label in codebook.labels(task)
    ]
    return json.dumps(types, ensure_ascii=False, indent=1) + "\n"


def is_row(row: Mapping[str, Any]) -> bool:
    """True for a line of doccano's JSONL export of text classification."""
    return isinstance(row.get("label"), list) and "sentence_id" in row


def read_row(row: Mapping[str, Any], source: str, entry: str, annotator: str) -> Answer | Rejected:
    """The answer in one line; no label at all means not yet labelled. `annotator` is empty where the file tells who."""
    labels: dict[str, str | None] = {}
    for given in row["label"]:
        task, _, label = str(given).partition(":")
        if labels.setdefault(task, label) != label:
            reason = f"{task} has the labels {labels[task]!r} and {label!r}; a task takes one label"
            return Rejected(source, entry, reason, json.dumps(row, ensure_ascii=False))
    stem = PurePath(source).stem
    who = annotator or ("" if stem == COLLABORATIVE else stem)
    return Answer(source, entry, row, who, labels, str(row.get("time") or ""))
