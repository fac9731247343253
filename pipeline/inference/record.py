"""The record of one classified sentence, the same in Python, files and HTTP; docs/predictions.md describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

RECORD_VERSION = 1
"""Grows when a field changes its meaning or goes; a new field alone does not change it."""
RESERVED = ("id", "text", "tier", "document", "start", "end", "page", "model", "codebook", "explanation", "target")
"""Fields of the flat form that no task may be named after."""


@dataclass(frozen=True, slots=True)
class TaskPrediction:
    """One task's answer. `scores` gives each label's calibrated probability, in codebook order, to six decimals.

    `label` is the most probable one and `probability` its score. Where that lies below the threshold of the task,
    `abstained` is true: `label` is then a guess to be checked by a person.
    """

    label: str
    probability: float
    scores: Mapping[str, float]
    abstained: bool

    def abstaining_below(self, threshold: float) -> TaskPrediction:
        """The same with another threshold."""
        return replace(self, abstained=self.probability < threshold)


@dataclass(frozen=True, slots=True)
class ClassifiedSentence:
    """A sentence with one prediction a task.

    `tier` says how far each predicted label can be relied on (A, B or C; None where that was not evaluated). `start`
    and `end` are character offsets into the document, `page` counts from 1; all None where there is no document.
    `target` is what the stance is towards, None where the model has one target only.
    """

    id: str
    text: str
    tasks: Mapping[str, TaskPrediction]
    tier: Mapping[str, str | None]
    model: str
    codebook: str
    document: str | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    target: str | None = None

    def __getitem__(self, task: str) -> TaskPrediction:
        """The prediction of `task`; raises KeyError for a task that the model does not have."""
        return self.tasks[task]

    def narrowed(self, tasks: Sequence[str], abstain_below: float | None = None) -> ClassifiedSentence:
        """The same with these tasks only and, where given, another threshold, as a classifier loaded so answers."""
        kept = {task: self.tasks[task] for task in self.tasks if task in tasks}
        if abstain_below is not None:
            kept = {task: found.abstaining_below(abstain_below) for task, found in kept.items()}
        return replace(self, tasks=kept, tier={task: self.tier[task] for task in kept})

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, each task a field of its own."""
        return {
            "id": self.id,
            "text": self.text,
            **({} if self.target is None else {"target": self.target}),
            **{
                task: {
                    "label": found.label,
                    "probability": found.probability,
                    "scores": dict(found.scores),
                    "abstained": found.abstained,
                }
                for task, found in self.tasks.items()
            },
            "tier": dict(self.tier),
            "document": self.document,
            "start": self.start,
            "end": self.end,
            "page": self.page,
            "model": self.model,
            "codebook": self.codebook,
        }
