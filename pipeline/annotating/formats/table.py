"""CSV to fill in with a spreadsheet, and any table with a row an answer, Label Studio's CSV and JSON_MIN among them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.annotating.assignment import Answer, Assignment, Rejected
from pipeline.codebook import Codebook
from pipeline.errors import DataError

SKIPPED = "?"
"""What an annotator writes who was asked and has no answer."""
_WHO = ("annotator", "time")


def write_table(assignments: Iterable[Assignment], codebook: Codebook) -> str:
    """CSV with an empty column a task. Pre-labels stand beside it: a label is an answer only if somebody wrote it."""
    rows = [assignment.fields() for assignment in assignments]
    proposed = [key for task in codebook.tasks for key in (f"{task}_prelabel", f"{task}_prelabel_by")]
    shown = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in proposed]
    used = [key for key in proposed if any(key in row for row in rows)]
    columns = [*shown, *codebook.tasks, *used, *_WHO]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def rows_of_table(text: str, source: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Line number and columns of every row; commas, semicolons and tabs part columns. Raises DataError."""
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if "sentence_id" not in (reader.fieldnames or ()):
        raise DataError(f"{source}: has no column sentence_id; import the table that `stance annotations export` wrote")
    try:
        for row in reader:
            yield str(reader.line_num), row
    except csv.Error as error:
        raise DataError(f"{source}:{reader.line_num}: broken CSV ({error}); mend the quotes of this row") from error


def read_row(row: Mapping[str, Any], source: str, entry: str, annotator: str, codebook: Codebook) -> Answer | Rejected:
    """The answer in one row: an empty cell is none, `SKIPPED` an abstention unless the task has such a label."""
    if None in row:
        return Rejected(source, entry, "has more cells than the table has columns; mend its quotes", str(dict(row)))
    labels: dict[str, str | None] = {}
    for task in codebook.tasks:
        cell = str(row.get(task) or "").strip()
        if cell:
            labels[task] = None if cell == SKIPPED and SKIPPED not in codebook.labels(task) else cell
    who = str(row.get("annotator") or "").strip()
    time = str(row.get("time") or row.get("updated_at") or "").strip()
    return Answer(source, entry, row, f"user-{who}" if who.isdigit() else who or annotator, labels, time)
