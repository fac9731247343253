"""What the field's venues ask for, answered from what the run recorded."""

from __future__ import annotations

from itertools import groupby

from pipeline.reporting.blocks import Cell, Column, Disclosure, Section, Table
from pipeline.reporting.checklist import checklist
from pipeline.reporting.inputs import ReportInput


def checklist_section(data: ReportInput) -> Section:
    """A table a topic, folded."""
    tables = tuple(
        Table(
            caption=f"{topic}: what is asked and what this run answers.",
            columns=(Column("Item"), Column("Answer", "long")),
            rows=tuple((Cell(row.item), Cell(row.answer)) for row in rows),
        )
        for topic, rows in groupby(checklist(data), key=lambda row: row.topic)
    )
    summary = "Infrastructure, search, data and annotation, as EMNLP and ACL Rolling Review ask"
    return Section("checklist", "Reproducibility checklist", (Disclosure(summary, tables),))
