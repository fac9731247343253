"""The section of suspect labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.records import Prediction
from pipeline.reporting.blocks import Disclosure, Table
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.sections.suspects import LISTED, OPEN, suspects_section


def test_a_wrong_label_stands_first(make_report_input: Callable[..., ReportInput]) -> None:
    data = make_report_input(task_names=["stance"], repetitions=1)
    texts = [
        replace(one, text=f"{'We object to' if n % 2 else 'They adopt'} point {n}.") for n, one in enumerate(data.real)
    ]
    truth = {one.id: ("against" if n % 2 else "favor") for n, one in enumerate(texts)}
    labeled = [replace(one, labels={"stance": truth[one.id]}) for one in texts]
    wrong = labeled[7] = replace(labeled[7], labels={"stance": "favor"})
    sure = {"against": (0.9, 0.05, 0.05), "favor": (0.05, 0.9, 0.05)}
    predictions = [Prediction(one.id, "stance", "tfidf", 0, 0, sure[truth[one.id]]) for one in labeled]
    section = suspects_section(replace(data, labeled=labeled, predictions=predictions))
    summary, table = (block for block in section.blocks if isinstance(block, Table))
    assert [cell.value for cell in table.rows[0]][:4] == [wrong.text, "favor", "against", "0.05 *"]
    assert summary.rows[0][1].value == str(len(labeled))
    assert summary.rows[0][2].value == str(len(table.rows)) == "1"


def test_the_most_suspect_are_open_and_more_fold_out(make_report_input: Callable[..., ReportInput]) -> None:
    section = suspects_section(make_report_input())
    shown = [block for block in section.blocks if isinstance(block, Table)][1:]
    folded = [table for block in section.blocks if isinstance(block, Disclosure) for table in block.blocks]
    assert len(shown) == 3
    assert all(len(table.rows) <= OPEN for table in shown)
    assert all(isinstance(table, Table) and len(table.rows) <= LISTED - OPEN for table in folded)


def test_nothing_to_look_at_is_said(make_report_input: Callable[..., ReportInput]) -> None:
    section = suspects_section(replace(make_report_input(), predictions=[]))
    assert "No label is contradicted" in str(section.blocks[0])
