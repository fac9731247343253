"""Everything that a report is made of, gathered from the artifacts of the earlier stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.codebook import Codebook
from pipeline.records import Document, LabeledSentence, Prediction
from pipeline.reporting.names import FLOORS, sort_models
from pipeline.settings.report import LabelOrigin, ReportSettings


@dataclass(frozen=True)
class ReportInput:
    """The results of one run.

    `sentences_count` counts the sentences that ingest produced, `skipped_counts` what it dropped by reason. `labeled`
    may hold composed sentences. `agreement`, `metrics` and `comparison` are the files of these names as read; `split`
    holds `strategy`, `repetitions`, `folds`, `groups` (a count), `leakage` and `warnings` (lists) and
    `dropped_composed` (a count). `training` maps a model to one dict a fold: `repetition`, `fold`, `seconds`,
    `cpu_seconds` and whatever the model chose. `manifest` holds `config` (nested), `versions`, `git` (`commit`,
    `dirty`), `hardware`, `inputs` (path to sha256), `seed`, `wall_s` and, where known, the `command` that was run.
    `probes` and `challenge` are `probes.json` and `challenge.json`, empty where the run had none.
    Any model, task or part may be absent.
    """

    name: str
    settings: ReportSettings
    codebook: Codebook
    documents: Sequence[Document]
    sentences_count: int
    skipped_counts: Mapping[str, int]
    labeled: Sequence[LabeledSentence]
    agreement: Mapping[str, Any]
    split: Mapping[str, Any]
    metrics: Mapping[str, Any]
    comparison: Mapping[str, Any]
    predictions: Sequence[Prediction]
    training: Mapping[str, Sequence[Mapping[str, Any]]]
    manifest: Mapping[str, Any]
    probes: Mapping[str, Any] = field(default_factory=dict)
    challenge: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """Tasks with metrics, in codebook order."""
        return tuple(task for task in self.codebook.tasks if task in self.metrics.get("tasks", {}))

    @cached_property
    def real(self) -> tuple[LabeledSentence, ...]:
        """The labelled sentences of the documents, without the composed ones."""
        return tuple(sentence for sentence in self.labeled if not sentence.composed)

    @property
    def composed_count(self) -> int:
        """How many training-only sentences there are."""
        return len(self.labeled) - len(self.real)

    @property
    def confidence(self) -> float:
        """Level of the intervals, in (0, 1)."""
        evaluation = self.manifest.get("config", {}).get("evaluation", {})
        return float(self.metrics.get("bootstrap", {}).get("confidence", evaluation.get("confidence", 0.95)))

    def task_metrics(self, task: str) -> Mapping[str, Any]:
        """The metrics of `task`."""
        return dict(self.metrics["tasks"][task])

    def primary(self, task: str) -> str:
        """The measure by which models are compared on `task`."""
        return str(self.task_metrics(task).get("primary", "macro_f1"))

    def models(self, task: str) -> tuple[str, ...]:
        """Models with metrics for `task`, in the order of the report."""
        return sort_models(self.task_metrics(task)["models"])

    def rivals(self, task: str) -> tuple[str, ...]:
        """The models worth a close look: those compared where they are there, else all but the floors."""
        present = self.models(task)
        headline = self.comparison.get("tasks", {}).get(task, {})
        compared = tuple(model for model in (headline.get("a"), headline.get("b")) if model in present)
        return compared or tuple(model for model in present if model not in FLOORS) or present

    @property
    def origin(self) -> LabelOrigin | None:
        """The account of the labels, None where the settings give none.

        Without a gold file, the files of votes stand in for it: the first that has an account.
        """
        labeling = self.manifest.get("config", {}).get("labeling", {})
        return next(
            iter(self._accounts([labeling["gold"]] if labeling.get("gold") else labeling.get("votes", []))), None
        )

    @property
    def composed_origins(self) -> list[LabelOrigin]:
        """The accounts that the settings give of the composed sentences, none where there are no such sentences."""
        composed = self.manifest.get("config", {}).get("labeling", {}).get("composed", [])
        return self._accounts(composed) if self.composed_count else []

    def _accounts(self, paths: Sequence[str]) -> list[LabelOrigin]:
        return [self.settings.origins[path] for path in paths if path in self.settings.origins]
