"""A run with invented results, small but complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from report_results import MODELS, agreement, comparison, predict, task_metrics

from pipeline.codebook import Codebook, Task
from pipeline.records import Document, LabeledSentence
from pipeline.reporting.inputs import ReportInput
from pipeline.settings.report import LabelOrigin, ReportSettings

GOLD = "annotations/gold.jsonl"
COMPOSED = "annotations/composed.jsonl"


def stance_codebook() -> Codebook:
    labels = {
        "stance": ("against", "favor", "neutral"),
        "frame": ("sovereignty", "security", "double_standards", "none"),
        "holder": ("china", "other_states", "author"),
    }
    tasks = {
        task: Task(f"Which {task}?", {name: f"what {name} means" for name in names}, contrast=[])
        for task, names in labels.items()
    }
    tasks["stance"].contrast = ["against", "favor"]
    return Codebook("scrutiny", "1", "Stance on scrutiny", "International scrutiny.", tasks)


def mail_codebook() -> Codebook:
    """Another codebook: two tasks that have nothing to do with stance."""
    tasks = {
        "topic": Task("About what?", {"bill": "money", "bug report": "a fault", "praise": "thanks"}),
        "urgency": Task("How soon?", {"now": "today", "later": "any day"}),
    }
    return Codebook("mail", "2", "Support mail", "", tasks)


def sentences(codebook: Codebook, documents: Sequence[str], each: int) -> list[LabeledSentence]:
    generator = np.random.default_rng(7)
    made = []
    for document in documents:
        for index in range(each):
            labels: dict[str, str | None] = {
                task: codebook.labels(task)[int(generator.integers(len(codebook.labels(task))))]
                for task in codebook.tasks
            }
            made.append(
                LabeledSentence(
                    id=f"{document}-{index:04d}",
                    text=f"Sentence {index} of {document} says something.",
                    labels=labels,
                    document=document,
                    index=index,
                    start=100 * index,
                    end=100 * index + 42,
                    page=1 + index // 10,
                    section="Findings",
                )
            )
    return made


def make_input(
    codebook: Codebook | None = None,
    models: Sequence[str] = tuple(MODELS),
    repetitions: int = 2,
    labeled: Sequence[LabeledSentence] | None = None,
    documents: Sequence[Document] | None = None,
    composed: int = 3,
    task_names: Sequence[str] | None = None,
    **changes: Any,
) -> ReportInput:
    """A complete input, limited to `task_names` where they are given; `changes` replace whole fields of it."""
    codebook = codebook or stance_codebook()
    if task_names:
        codebook = replace(codebook, tasks={name: codebook.tasks[name] for name in task_names})
    if documents is None:
        documents = [
            Document("news", "news.txt", "raw", title="A report", publisher="The Paper", kind="news", language="en"),
            Document("thesis", "thesis.pdf", "raw", language="en", rights="all rights reserved"),
        ]
    if labeled is None:
        labeled = sentences(codebook, [document.id for document in documents], 20)
    predictions = predict(codebook, labeled, models, repetitions)
    metrics: dict[str, Any] = {
        "schema": 1,
        "repetitions": repetitions,
        "bootstrap": {"resamples": 2000, "confidence": 0.95},
        "tasks": {task: task_metrics(codebook, task, labeled, predictions, repetitions) for task in codebook.tasks},
        "warnings": ["fold 3 of repetition 0 has no politicization; its F1 counts as 0 there"],
    }
    first: dict[str, str | None] = {task: codebook.labels(task)[0] for task in codebook.tasks}
    invented = [LabeledSentence(f"q{n:03d}", f"Invented sentence {n}.", first, composed=True) for n in range(composed)]
    fields: dict[str, Any] = {
        "name": "smoke",
        "settings": ReportSettings(
            worst_errors=3,
            png_dpi=60,
            origins={
                GOLD: LabelOrigin("machine-generated", "Labelled by a model.", "A model labelled all.\n\nTwice."),
                COMPOSED: LabelOrigin("machine-generated", "Invented.", "They are invented; evidence of nothing."),
            },
        ),
        "codebook": codebook,
        "documents": documents,
        "sentences_count": len(labeled) + 1,
        "skipped_counts": {"page_number": 12, "footnote": 3},
        "labeled": [*labeled, *invented],
        "agreement": agreement(codebook, labeled),
        "split": {
            "strategy": "grouped",
            "repetitions": repetitions,
            "folds": 5,
            "groups": 9,
            "leakage": [],
            "warnings": [],
            "dropped_composed": 1,
        },
        "metrics": metrics,
        "comparison": comparison(metrics),
        "predictions": predictions,
        "training": {
            model: [
                {"repetition": r, "fold": k, "seconds": 2.5, "cpu_seconds": 4.0, "choice": {"C": 1.0 + k % 2}}
                for r in range(repetitions)
                for k in range(5)
            ]
            for model in models
        },
        "manifest": {
            "config": {
                "name": "smoke",
                "labeling": {"gold": GOLD, "composed": [COMPOSED]},
                "evaluation": {"confidence": 0.95},
                "model": {"transformer": {"_target_": "x.Y", "name_or_path": "all-MiniLM-L6-v2", "epochs": 4}},
                "train": {"current": "transformer"},
            },
            "versions": {"python": "3.11.2", "torch": None},
            "git": {"commit": "0123456789abcdef0123456789abcdef01234567", "dirty": False},
            "hardware": {"cpu": "A processor", "cores": 2, "threads": 2, "memory_gb": 8.0, "flags": ["avx2"]},
            "inputs": {"annotations/gold.jsonl": "ab" * 32},
            "seed": 0,
            "wall_s": 321.0,
        },
    }
    return ReportInput(**{**fields, **changes})


@pytest.fixture(scope="session")
def make_report_input() -> Callable[..., ReportInput]:
    return make_input


@pytest.fixture(scope="session")
def mail() -> Codebook:
    return mail_codebook()
