"""The report of a run, its figures and its cards."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting.inputs import ReportInput

__all__ = ["ReportInput", "write_report"]


def write_report(data: ReportInput, folder: Path) -> list[Path]:
    """Write `report.html`, `report.md`, `figures/`, `model_card.md` and `data_card.md` into the existing `folder`.

    Returns the written files. Equal input gives equal bytes with the same versions of matplotlib and Jinja.
    """
    # Drawing takes a second to import, which a run that finds its report up to date need not pay.
    from pipeline.reporting.report import write

    return write(data, folder)
