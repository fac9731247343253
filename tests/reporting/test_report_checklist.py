"""The checklist answers from the record, and says where the record is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.records import LabeledSentence
from pipeline.reporting.checklist import checklist, to_markdown
from pipeline.reporting.checklist.phrases import NOT_RECORDED
from pipeline.reporting.checklist.run_answers import development_score
from pipeline.reporting.inputs import ReportInput
from pipeline.settings.report import LabelOrigin, ReportSettings


def score(mean: float) -> dict[str, Any]:
    return {"mean": mean, "sd": None, "ci": None}


RUN = ReportInput(
    name="mini",
    settings=ReportSettings(origins={"gold.jsonl": LabelOrigin("expert-generated", "Two experts labelled.", "")}),
    codebook=Codebook("rights", "2", tasks={"stance": Task(labels={"against": "no", "favor": "yes"})}),
    documents=(),
    sentences_count=4,
    skipped_counts={"table": 3, "footnote": 1},
    labeled=[
        *(LabeledSentence(f"s{number}", "Text.", {"stance": "favor"}, document="d") for number in range(3)),
        LabeledSentence("c1", "Invented.", {"stance": "against"}, composed=True),
    ],
    agreement={"tasks": {"stance": {"alpha": {"value": 0.81234, "ci": None}}}},
    split={"strategy": "grouped", "repetitions": 2, "folds": 5, "groups": 9, "dropped_composed": 2},
    metrics={
        "bootstrap": {"resamples": 2000, "confidence": 0.95},
        "tasks": {
            "stance": {
                "sentences": 3,
                "groups": 2,
                "support": {"against": 1, "favor": 2},
                "models": {"transformer": {"macro_f1": score(0.71)}, "majority": {"macro_f1": score(0.3)}},
            }
        },
    },
    comparison={},
    predictions=(),
    training={
        "transformer": [
            {
                "seconds": 10.0,
                "best_epoch": 3,
                "development": {"stance": {"macro_f1": 0.75}},
                "trainable_parameters": 100,
            },
            {
                "seconds": 14.0,
                "best_epoch": 1,
                "development": {"stance": {"macro_f1": 0.65}},
                "trainable_parameters": 100,
            },
        ],
        "majority": [{"seconds": 0.1}],
    },
    manifest={
        "config": {"labeling": {"gold": "gold.jsonl"}},
        "versions": {"python": "3.11.2", "torch": None},
        "git": {"commit": "abc123", "dirty": True},
        "hardware": {"cpu": "Chip A", "cores": 2, "memory_gb": 8.0, "threads": 1},
        "inputs": {"data/raw/a.txt": "00"},
        "wall_s": 600.0,
    },
)


def answers(run: ReportInput) -> dict[str, str]:
    return {row.item: row.answer for row in checklist(run)}


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("Computing infrastructure", "Chip A, 2 cores, 8.0 GB of memory, train.threads=1"),
        ("Run time", "10.0 min of work in all; transformer 12.0 s a fit (2 fits); majority 0.1 s a fit (1 fit)"),
        ("Number of parameters", "transformer: 100"),
        (
            "Development score beside each test score",
            "macro-F1, mean over tasks: transformer 0.700 beside 0.710 (2 development parts)",
        ),
        ("Values of the best models", "transformer: epoch 1 to 3; all other settings are in manifest.json"),
        ("Code and dependencies", "commit abc123 with uncommitted changes; python 3.11.2"),
        (
            "Examples and label distributions",
            "stance (3 sentences in 2 groups): against 1, favor 2; besides, 1 composed sentence for training only, "
            "never tested on",
        ),
        (
            "Exclusions and preprocessing",
            "stretches of text left out, by reason: footnote 1, table 3; 1 of 4 sentences without any label; "
            "2 composed sentences too like a document's",
        ),
        ("Who annotated", "expert-generated: Two experts labelled."),
        ("Agreement", "Krippendorff's alpha: stance 0.812"),
    ],
)
def test_answers_come_from_the_record(item: str, answer: str) -> None:
    assert answers(RUN)[item] == answer


def tuned(*scores: float) -> dict[str, Any]:
    """A task whose candidates had these scores at C = 0, 1, 2 …"""
    candidates = [
        {"C": float(C), "loss": "squared" if C else "logistic", "macro_f1": value} for C, value in enumerate(scores)
    ]
    best = max(candidates, key=lambda candidate: candidate["macro_f1"])
    return {"chosen": best | {"temperature": 0.9}, "candidates": candidates}


def test_a_search_is_told_with_its_bounds_trials_choices_and_scores() -> None:
    fits = [{"tasks": {"stance": tuned(0.1, 0.4, 0.2)}, "features": {"words": 10, "characters": 20}}]
    fits.append({"tasks": {"stance": tuned(0.6, 0.1, 0.2)}, "features": {"words": 11, "characters": 20}})
    found = answers(replace(RUN, training={"tfidf": fits, "majority": [{}]}))
    fixed = "majority: no search in this run, the settings are fixed in its configuration"
    assert found["Bounds of the search"] == f"tfidf: C 0 to 2, loss logistic or squared; {fixed}"
    assert found["Trials"] == f"tfidf: 3 a task and fit; {fixed}"
    assert found["Criterion of selection"] == "tfidf: macro-F1 of the task on grouped inner folds of the training part"
    assert found["Values of the best models"].startswith("tfidf: C 0 to 1, loss squared or logistic; all other")
    assert found["Number of parameters"] == "tfidf: 60 to 62"
    assert development_score(fits[0]) == 0.4


def test_what_was_not_recorded_is_said_to_be_so() -> None:
    bare = replace(RUN, manifest={}, training={}, split={}, metrics={}, agreement={}, settings=ReportSettings())
    silent = {row.item for row in checklist(bare) if not row.answered}
    assert silent == {
        "Computing infrastructure",
        "Run time",
        "Number of parameters",
        "Training and evaluation runs behind each number",
        "Development score beside each test score",
        "Metrics and their code",
        "Code and dependencies",
        "Bounds of the search",
        "Trials",
        "Values of the best models",
        "Criterion of selection",
        "Examples and label distributions",
        "Training, development and test parts",
        "Files and their hashes",
        "Who annotated",
        "Agreement",
    }
    assert f"- **Trials:** {NOT_RECORDED}" in to_markdown(checklist(bare))


def test_a_development_score_is_the_mean_over_tasks() -> None:
    scores = {"stance": {"macro_f1": 0.5}, "frame": {"macro_f1": 0.25}}
    assert development_score({"development": scores}) == 0.375
    assert development_score({"development": {}}) is None
    assert development_score({}) is None
