"""The record as a line of JSON or CSV, and as Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.inference.record import RECORD_VERSION

_PLACE = ("document", "start", "end", "page")
_ROWS = 4096


def json_line(record: Mapping[str, Any]) -> str:
    """One line of JSON Lines."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True, slots=True)
class Columns:
    """What the records of a file tell: tasks with their labels, and whether they have targets and explanations."""

    labels: Mapping[str, Sequence[str]]
    targets: bool = False
    explained: bool = False

    def csv_header(self) -> str:
        """The first line of a CSV file."""
        columns = ["id", "text", *self._target]
        for task, names in self.labels.items():
            columns += [task, f"{task}_probability", f"{task}_abstained", f"{task}_tier"]
            columns += [f"{task}_score_{name}" for name in names]
        columns += [*_PLACE, "model", "codebook", *self._explanation]
        return _csv_line(columns)

    def csv_line(self, record: Mapping[str, Any]) -> str:
        """One row of a CSV file, flat: the columns are those of `csv_header`."""
        values: list[Any] = [record[key] for key in ("id", "text", *self._target)]
        for task, names in self.labels.items():
            found = record[task]
            abstained = str(found["abstained"]).lower()
            values += [found["label"], found["probability"], abstained, record["tier"][task]]
            values += [found["scores"][name] for name in names]
        values += [record[key] for key in (*_PLACE, "model", "codebook")]
        values += [json.dumps(record[key], ensure_ascii=False) for key in self._explanation]
        return _csv_line(values)

    def write_parquet(self, lines: Path, path: Path) -> None:
        """Turn the JSON Lines in `lines` into Parquet with the same nested fields, some thousand rows at a time."""
        import pyarrow
        import pyarrow.parquet as parquet

        schema = self._schema()
        with parquet.ParquetWriter(path, schema) as writer:
            for rows in _groups(lines):
                for row in rows:
                    row.update({key: json.dumps(row[key], ensure_ascii=False) for key in self._explanation})
                writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))

    @property
    def _target(self) -> list[str]:
        return ["target"] if self.targets else []

    @property
    def _explanation(self) -> list[str]:
        return ["explanation"] if self.explained else []

    def _schema(self) -> Any:
        import pyarrow as pa

        fields = [pa.field(name, pa.string()) for name in ("id", "text", *self._target)]
        for task, names in self.labels.items():
            scores = pa.struct([(name, pa.float64()) for name in names])
            kinds = [("label", pa.string()), ("probability", pa.float64()), ("scores", scores)]
            fields.append(pa.field(task, pa.struct([*kinds, ("abstained", pa.bool_())])))
        fields.append(pa.field("tier", pa.struct([(task, pa.string()) for task in self.labels])))
        fields.append(pa.field("document", pa.string()))
        fields += [pa.field(name, pa.int64()) for name in ("start", "end", "page")]
        fields += [pa.field(name, pa.string()) for name in ("model", "codebook", *self._explanation)]
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
