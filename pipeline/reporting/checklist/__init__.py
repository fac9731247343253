"""The reproducibility checklist of the field's venues."""

from __future__ import annotations

from pipeline.reporting.checklist.items import ChecklistRow, checklist, to_markdown

__all__ = ["ChecklistRow", "checklist", "to_markdown"]
