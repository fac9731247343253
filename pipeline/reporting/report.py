"""The report of a run: sections gathered, rendered, and written as files."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting.blocks import Section
from pipeline.reporting.cards import data_card, model_card
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.rendering import all_drawings, render_html, render_markdown
from pipeline.reporting.sections.agreement import agreement_section
from pipeline.reporting.sections.calibration import calibration_section
from pipeline.reporting.sections.checklist import checklist_section
from pipeline.reporting.sections.combinations import combination_section
from pipeline.reporting.sections.confusions import confusion_section
from pipeline.reporting.sections.controls import control_section
from pipeline.reporting.sections.distributions import distribution_section
from pipeline.reporting.sections.errors import error_section
from pipeline.reporting.sections.label_scores import label_section
from pipeline.reporting.sections.leakage import leakage_section
from pipeline.reporting.sections.learning_curve import learning_curve_section
from pipeline.reporting.sections.minimal_pairs import minimal_pair_section
from pipeline.reporting.sections.provenance import provenance_section
from pipeline.reporting.sections.reproduction import reproduction_section
from pipeline.reporting.sections.seeds import seed_section
from pipeline.reporting.sections.splits import split_section
from pipeline.reporting.sections.suspects import suspects_section
from pipeline.reporting.sections.targets import target_section
from pipeline.reporting.sections.verdict import verdict_section

SECTIONS = (
    verdict_section,
    label_section,
    target_section,
    confusion_section,
    combination_section,
    distribution_section,
    agreement_section,
    calibration_section,
    minimal_pair_section,
    control_section,
    leakage_section,
    learning_curve_section,
    seed_section,
    error_section,
    suspects_section,
    split_section,
    provenance_section,
    checklist_section,
    reproduction_section,
)
"""The report from top to bottom."""


def build_sections(data: ReportInput) -> tuple[Section, ...]:
    """Every section that the run has something to say in, with its tables and drawn figures."""
    built = [section(data) for section in SECTIONS]
    return tuple(section for section in built if section is not None)


def write(data: ReportInput, folder: Path) -> list[Path]:
    """Write every file of the report into the existing `folder` and return their paths."""
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    sections = build_sections(data)
    title, subtitle = data.settings.title, _subtitle(data)
    texts = {
        "report.html": render_html(title, subtitle, sections),
        "report.md": render_markdown(title, subtitle, sections),
        "model_card.md": model_card(data),
        "data_card.md": data_card(data),
    }
    written = []
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    for drawing in all_drawings(sections):
        svg, png = figures / f"{drawing.name}.svg", figures / f"{drawing.name}.png"
        svg.write_text(drawing.svg, encoding="utf-8")
        png.write_bytes(drawing.png)
        written += [svg, png]
    return written


def _subtitle(data: ReportInput) -> str:
    documents = f"{len(data.documents)} document{'' if len(data.documents) == 1 else 's'}"
    parts = [f"Run {data.name}", documents, f"{len(data.real):,} labelled sentences"]
    if data.composed_count:
        parts.append(f"{data.composed_count:,} composed sentences for training only")
    parts.append(f"codebook {data.codebook.identifier}")
    return " · ".join(parts)
