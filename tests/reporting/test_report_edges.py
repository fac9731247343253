"""Runs that lack something: the report says so and stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_page import Page

from pipeline.codebook import Codebook
from pipeline.reporting import ReportInput, write_report
from pipeline.reporting.blocks import Block, Bullets, Disclosure, Notice, Paragraph, Section, Table
from pipeline.reporting.figures.drawing import Drawing
from pipeline.reporting.rendering import all_drawings, render_html, render_markdown
from pipeline.reporting.sections.agreement import agreement_section
from pipeline.reporting.sections.calibration import calibration_section
from pipeline.reporting.sections.combinations import combination_section
from pipeline.reporting.sections.distributions import distribution_section
from pipeline.reporting.sections.errors import error_section
from pipeline.reporting.sections.label_scores import label_section
from pipeline.reporting.sections.provenance import provenance_section
from pipeline.reporting.sections.reproduction import reproduction_section
from pipeline.reporting.sections.splits import split_section
from pipeline.reporting.sections.verdict import headline, verdict_section

Make = Callable[..., ReportInput]


def shown(*sections: Section) -> str:
    """Both renderings of `sections`, after checking that the page is well formed."""
    html = render_html("t", "s", sections)
    Page(html)
    return html + render_markdown("t", "s", sections)


def of_kind(section: Section, kind: type[Block]) -> list[Any]:
    return [block for block in section.blocks if isinstance(block, kind)]


def test_one_repetition_shows_no_spread(make_report_input: Make) -> None:
    data = make_report_input(repetitions=1, task_names=["stance"])
    text = render_markdown("t", "s", (verdict_section(data), label_section(data)))
    assert "sd 0." not in text
    assert "repetitions" not in text
    assert "| Transformer | 0." in text
    assert "None" not in text
    assert "nan" not in text


def test_missing_p_values_and_intervals_are_dashes(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"])
    comparison = deepcopy(dict(data.comparison))
    comparison["tasks"]["stance"].update(p_bootstrap=None, p_corrected_t=None, ci=None)
    data = replace(data, comparison=comparison)
    text = render_markdown("t", "s", (verdict_section(data),))
    assert "| Stance | Transformer minus TF-IDF | +" in text
    assert "| \u2013 | 0.020 | \u2013 |" in text
    assert "cannot tell" in headline(data)
    assert "None" not in text


def test_undefined_metrics_are_dashes(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"])
    metrics = deepcopy(dict(data.metrics))
    model = metrics["tasks"]["stance"]["models"]["transformer"]
    model["macro_f1"] = {"mean": None, "sd": None, "ci": None, "per_repetition": [None, None]}
    model["labels"]["favor"]["f1"] = {"mean": None, "sd": None, "ci": None}
    model["reliability"] = []
    model["risk_coverage"] = {"coverage": [], "risk": [], "area": None, "at_precision": {}}
    data = replace(data, metrics=metrics)
    text = shown(verdict_section(data), label_section(data), calibration_section(data))
    assert "| Transformer | \u2013 |" in text
    assert "None" not in text
    assert "nan" not in text


def test_without_the_transformer_nothing_is_compared(make_report_input: Make, tmp_path: Path) -> None:
    data = make_report_input(models=["majority", "tfidf"], task_names=["stance", "holder"])
    write_report(data, tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert "**No two models of this run were compared; the table shows each on its own.**" in text
    assert "Transformer" not in text
    assert "# TF-IDF:" in (tmp_path / "model_card.md").read_text()
    assert not (tmp_path / "figures" / "difference.svg").exists()
    assert (tmp_path / "figures" / "confusion-stance-tfidf.svg").exists()


def test_floors_alone_still_make_a_report(make_report_input: Make) -> None:
    data = make_report_input(models=["majority"], task_names=["stance"])
    sections = verdict_section(data), label_section(data), calibration_section(data), error_section(data)
    assert "Majority" in shown(*sections)


def test_further_models_get_a_row_and_a_mark(make_report_input: Make) -> None:
    data = make_report_input(models=["rules", "embedding", "my_model", "tfidf", "transformer"], task_names=["stance"])
    rows = [row[0].value for row in _tables(verdict_section(data))[0].rows]
    assert rows == ["Transformer", "Embeddings", "TF-IDF", "Rules", "my model"]
    scores = all_drawings((verdict_section(data),))[0]
    assert ">my model<" in scores.svg


def test_another_codebook_with_two_tasks(make_report_input: Make, mail: Codebook, tmp_path: Path) -> None:
    data = make_report_input(codebook=mail, models=["majority", "tfidf", "transformer"])
    files = {path.name for path in write_report(data, tmp_path)}
    assert "combinations-urgency-topic.svg" in files
    text = (tmp_path / "report.md").read_text()
    assert "## Labels together" in text
    assert "bug report" in text
    assert "stance run" in text
    for name in ("report.md", "model_card.md", "data_card.md"):
        words = (
            (tmp_path / name)
            .read_text()
            .replace("stance run", "")
            .replace("stance suspects", "")
            .replace(data.settings.title, "")
            .lower()
        )
        assert "stance" not in words, name
        assert "holder" not in words, name


def test_three_tasks_make_one_panel_a_label(make_report_input: Make) -> None:
    data = make_report_input()
    section = combination_section(data)
    assert section.title == "Who takes which stance with which frame"
    names = [drawing.name for drawing in all_drawings((section,))]
    assert names == ["combinations-against", "combinations-favor", "combinations-neutral"]
    found = Counter((s.labels["holder"], s.labels["frame"], s.labels["stance"]) for s in data.real)
    sided = {labels: n for labels, n in found.items() if labels[2] != "neutral"}
    for row in _tables(section)[0].rows:
        holder, frame, stance, n, _ = (cell.value.replace(" ", "_") for cell in row)
        assert sided.pop((holder, frame, stance)) == int(n)
    assert max(sided.values(), default=0) <= int(n)
    panel = next(drawing for drawing in all_drawings((section,)) if drawing.name == "combinations-against")
    assert f", {sum(s.labels['stance'] == 'against' for s in data.real)} sentences." in panel.alt


def test_one_task_has_no_combinations(make_report_input: Make) -> None:
    section = combination_section(make_report_input(task_names=["stance"]))
    assert all_drawings((section,)) == []
    assert "nothing to be combined with" in of_kind(section, Paragraph)[0].text


def test_unlabelled_tasks_of_a_sentence_are_left_out_of_counts(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance", "holder"])
    stripped = [replace(s, labels={**s.labels, "stance": None}) for s in data.real]
    data = replace(data, labeled=stripped)
    assert [drawing.alt for drawing in all_drawings((combination_section(data),))] == [
        "Heat map of gold labels. holder and stance, 0 sentences. No sentences."
    ]


def test_no_second_annotator(make_report_input: Make) -> None:
    section = agreement_section(make_report_input(task_names=["stance"], agreement={}))
    assert "one set of labels only" in of_kind(section, Paragraph)[0].text


def test_no_predictions_and_no_training_records(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"], predictions=[], training={}, split={}, skipped_counts={})
    text = shown(error_section(data), provenance_section(data), split_section(data))
    assert "Transformer: no errors to show." in text
    assert "No facts about the split were recorded." in text


def test_an_empty_manifest(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"], manifest={})
    text = shown(verdict_section(data), provenance_section(data), reproduction_section(data))
    assert "git checkout" not in text
    assert "stance run experiment=smoke" in text
    assert "The origin of these labels is not stated" in text


def test_leaks_and_warnings_are_loud(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"])
    split = {
        **data.split,
        "leakage": ["news-0001 and news-0002 are near-duplicates"],
        "warnings": ["fold 2 lacks favor"],
    }
    section = split_section(replace(data, split=split))
    assert [notice.title for notice in of_kind(section, Notice)] == ["The leak check found something", "Warnings"]
    listed = [item for bullets in of_kind(section, Bullets) for item in bullets.items]
    assert listed[:2] == ["news-0001 and news-0002 are near-duplicates", "fold 2 lacks favor"]
    assert not any("found no group" in paragraph.text for paragraph in of_kind(section, Paragraph))


def test_many_warnings_about_single_folds_do_not_bury_the_others(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"])
    of_folds = [f"repetition {number}, fold 1: no test sentence has stance 'favor'" for number in range(15)]
    data = replace(
        data,
        split={**data.split, "warnings": of_folds},
        metrics={**data.metrics, "warnings": ["stance: labels in fewer than 5 groups, rough intervals: favor (3)"]},
    )
    section = split_section(data)
    open_lists = [block for block in section.blocks if isinstance(block, Bullets)]
    assert [block.items for block in open_lists] == [tuple(data.metrics["warnings"])]
    folded = next(block for block in section.blocks if isinstance(block, Disclosure))
    assert folded.summary == "15 warnings about single folds"
    assert all(text in render_markdown("t", "s", (section,)) for text in of_folds), "nothing is lost"


def test_uncommitted_code_is_told(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"])
    data = replace(
        data, manifest={**data.manifest, "git": {"commit": "abc", "dirty": True}, "command": "stance run x=1"}
    )
    section = reproduction_section(data)
    assert of_kind(section, Notice)[0].title == "Not reproducible from the commit"
    assert "git checkout abc\nstance run x=1" in render_markdown("t", "s", (section,))


def test_many_documents_share_a_row(make_report_input: Make) -> None:
    data = make_report_input(task_names=["stance"])
    sentences = [replace(s, id=f"{s.id}-{n}", document=f"doc{n:02d}") for n in range(40) for s in data.real[: 40 - n]]
    section = distribution_section(replace(data, labeled=sentences, documents=[]))
    figure = all_drawings((section,))[0]
    assert figure.svg.count(">doc") == 14
    assert ">26 others<" in figure.svg


def test_numbers_chosen_in_folds_are_summarised(make_report_input: Make) -> None:
    fits = [{"repetition": 0, "fold": k, "seconds": 1.0, "rate": 0.1 * k, "scores": [k], "best": "a"} for k in range(9)]
    data = make_report_input(task_names=["stance"], training={"tfidf": fits})
    text = render_markdown("t", "s", (provenance_section(data),))
    assert "| TF-IDF | rate | 0 to 0.8, median 0.4 |" in text
    assert "| TF-IDF | scores | 9 different values |" in text
    assert "| TF-IDF | best | a (9) |" in text
    assert "| TF-IDF | 9 | 9.0 s | 1.0 s | \u2013 |" in text


def _tables(section: Section) -> list[Table]:
    found: list[Table] = []
    for block in section.blocks:
        parts = (*block.left, *block.right) if hasattr(block, "left") else (block,)
        found += [part for part in parts if isinstance(part, Table)]
    return found


@pytest.mark.parametrize("title", ["人权", "a $x$ b $y$", "x" * 300])
def test_any_document_title_can_be_drawn(make_report_input: Make, title: str) -> None:
    data = make_report_input(task_names=["stance"])
    documents = [replace(document, title=title) for document in data.documents]
    figure: Drawing = all_drawings((distribution_section(replace(data, documents=documents)),))[0]
    assert f">{title[:5]}" in figure.svg
