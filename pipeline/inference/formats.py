"""The record as a line of JSON or CSV, and as Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.inference.record import RECORD_VERSION

Labels = Mapping[str, Sequence[str]]
_PLACE = ("document", "start", "end", "page")
_ROWS = 4096


def json_line(record: Mapping[str, Any]) -> str:
    """One line of JSON Lines."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


def csv_header(labels: Labels, explained: bool) -> str:
    """The first line of a CSV file."""
    columns = ["id", "text"]
    for task, names in labels.items():
        columns += [task, f"{task}_probability", f"{task}_abstained", f"{task}_tier"]
        columns += [f"{task}_score_{name}" for name in names]
    columns += [*_PLACE, "model", "codebook", *(["explanation"] if explained else [])]
    return _csv_line(columns)


def csv_line(record: Mapping[str, Any], labels: Labels) -> str:
    """One row of a CSV file, flat: the columns are those of `csv_header`."""
    values: list[Any] = [record["id"], record["text"]]
    for task, names in labels.items():
        found = record[task]
        abstained = str(found["abstained"]).lower()
        values += [found["label"], found["probability"], abstained, record["tier"][task]]
        values += [found["scores"][name] for name in names]
    values += [record[key] for key in (*_PLACE, "model", "codebook")]
    if "explanation" in record:
        values.append(json.dumps(record["explanation"], ensure_ascii=False))
    return _csv_line(values)


def write_parquet(lines: Path, target: Path, labels: Labels, explained: bool) -> None:
    """Turn JSON Lines into Parquet with the same nested fields, some thousand rows at a time."""
    import pyarrow
    import pyarrow.parquet as parquet

    schema = _schema(labels, explained)
    with parquet.ParquetWriter(target, schema) as writer:
        for rows in _groups(lines):
            if explained:
                for row in rows:
                    row["explanation"] = json.dumps(row["explanation"], ensure_ascii=False)
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))


def _schema(labels: Labels, explained: bool) -> Any:
    import pyarrow as pa

    fields = [pa.field("id", pa.string()), pa.field("text", pa.string())]
    for task, names in labels.items():
        scores = pa.struct([(name, pa.float64()) for name in names])
        kinds = [("label", pa.string()), ("probability", pa.float64()), ("scores", scores), ("abstained", pa.bool_())]
        fields.append(pa.field(task, pa.struct(kinds)))
    fields.append(pa.field("tier", pa.struct([(task, pa.string()) for task in labels])))
    fields.append(pa.field("document", pa.string()))
    fields += [pa.field(name, pa.int64()) for name in ("start", "end", "page")]
    fields += [pa.field(name, pa.string()) for name in ("model", "codebook")]
    if explained:
        fields.append(pa.field("explanation", pa.string()))
    return pa.schema(fields, metadata={"stance_record_version": str(RECORD_VERSION)})


def _groups(lines: Path) -> Iterator[list[dict[str, Any]]]:
    with lines.open(encoding="utf-8", newline="\n") as stream:
        rows: list[dict[str, Any]] = []
        for line in stream:
            rows.append(json.loads(line))
            if len(rows) == _ROWS:
                yield rows
                rows = []
        if rows:
            yield rows


def _csv_line(values: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()
