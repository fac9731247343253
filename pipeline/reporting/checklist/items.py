"""The reproducibility checklist of the field's venues, answered from what a run recorded.

Items follow the EMNLP 2020 checklist (Dodge et al. 2019, "Show Your Work", and Pineau et al. 2021) and sections B to D
of ACL Rolling Review's Responsible NLP checklist. What a run did not record is answered with NOT_RECORDED, so that the
author sees what to add by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.reporting.checklist import data_answers, run_answers
from pipeline.reporting.checklist.phrases import NOT_RECORDED
from pipeline.reporting.inputs import ReportInput

RESULTS, SEARCH, DATA, ANNOTATION = "Reported results", "Hyperparameters", "Data", "Annotation"


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One item: what a venue asks for under `topic`, and the answer of this run."""

    topic: str
    item: str
    answer: str

    @property
    def answered(self) -> bool:
        """Whether the run recorded an answer."""
        return self.answer != NOT_RECORDED


def checklist(run: ReportInput) -> list[ChecklistRow]:
    """All items in the order of the venues' lists."""
    items: list[tuple[str, str, Callable[[ReportInput], str]]] = [
        (RESULTS, "Computing infrastructure", run_answers.infrastructure),
        (RESULTS, "Run time", run_answers.run_time),
        (RESULTS, "Number of parameters", run_answers.parameters),
        (RESULTS, "Training and evaluation runs behind each number", run_answers.runs),
        (RESULTS, "Development score beside each test score", run_answers.development),
        (RESULTS, "Metrics and their code", run_answers.metrics),
        (RESULTS, "Code and dependencies", run_answers.code),
        (SEARCH, "Bounds of the search", run_answers.bounds),
        (SEARCH, "Trials", run_answers.trials),
        (SEARCH, "Values of the best models", run_answers.chosen),
        (SEARCH, "Criterion of selection", run_answers.criterion),
        (DATA, "Examples and label distributions", data_answers.distributions),
        (DATA, "Training, development and test parts", data_answers.parts),
        (DATA, "Exclusions and preprocessing", data_answers.exclusions),
        (DATA, "Files and their hashes", data_answers.files),
        (ANNOTATION, "Instructions to annotators", data_answers.instructions),
        (ANNOTATION, "Who annotated", data_answers.annotators),
        (ANNOTATION, "Agreement", data_answers.agreement),
    ]
    return [ChecklistRow(topic, item, answer(run) or NOT_RECORDED) for topic, item, answer in items]


def to_markdown(rows: Sequence[ChecklistRow]) -> str:
    """The rows as Markdown lists, a heading of level 3 a topic."""
    lines: list[str] = []
    for topic in dict.fromkeys(row.topic for row in rows):
        lines += [f"### {topic}", "", *(f"- **{row.item}:** {row.answer}" for row in rows if row.topic == topic), ""]
    return "\n".join(lines)
