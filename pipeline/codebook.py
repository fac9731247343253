"""The codebook: tasks, their labels and definitions. The one place where the order of labels is fixed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.errors import ConfigError, DataError

RESERVED = frozenset(
    {"id", "text", "context", "target", "document", "index", "start", "end", "page", "section", "group", "composed"}
    | {"source", "passage", "register", "annotator", "time", "sentence_id", "purpose", "votes"}
    | {"tier", "model", "codebook", "explanation"}
)
"""Fields that stand beside the tasks in files; no task may be named like one."""


@dataclass
class Task:
    """One question put to every sentence.

    `labels` maps each label to its definition; its order is the order of every probability vector and confusion
    matrix. `contrast` names the labels whose mean F1 is reported beside macro-F1 (SemEval-2016 task 6 reports favor
    and against). `rules` decide between labels, `examples` lists sentences for a label: annotators, human or not, are
    shown both, so an example must never be a sentence that is tested on. `country_free` says that a label stays when a
    sentence names another country, so that training may name others.
    """

    question: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    contrast: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=dict)
    country_free: bool = False

    def __post_init__(self) -> None:
        if len(self.labels) < 2:
            raise ConfigError(f"codebook: a task needs at least two labels, got {list(self.labels)}")
        for name, used in (("contrast", self.contrast), ("examples", self.examples)):
            unknown = [label for label in used if label not in self.labels]
            if unknown:
                raise ConfigError(
                    f"codebook: {name} names {unknown}, which is not among the labels {list(self.labels)}"
                )

    @property
    def names(self) -> tuple[str, ...]:
        """Label names in codebook order."""
        return tuple(self.labels)


@dataclass
class Codebook:
    """Tasks by name, with the version that every vote carries; `rules` hold for all tasks."""

    name: str = ""
    version: str = ""
    title: str = ""
    target: str = ""
    tasks: dict[str, Task] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.tasks:
            raise ConfigError(f"codebook {self.name!r} has no tasks; add at least one under codebook.tasks")
        for task in self.tasks:
            if task in RESERVED or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", task):
                raise ConfigError(
                    f"codebook {self.name!r}: task {task!r} cannot name a column; use letters, digits and _ . - (a "
                    f"letter first), and none of {', '.join(sorted(RESERVED))}"
                )

    @property
    def identifier(self) -> str:
        """Name and version, as votes and model folders carry it."""
        return f"{self.name}/{self.version}"

    def labels(self, task: str) -> tuple[str, ...]:
        """Label names of `task` in codebook order; raises DataError for an unknown task."""
        if task not in self.tasks:
            raise DataError(f"unknown task {task!r}; codebook {self.identifier} has {', '.join(self.tasks)}")
        return self.tasks[task].names

    def index(self, task: str, label: str) -> int:
        """Position of `label` in `task`; raises DataError for an unknown label."""
        names = self.labels(task)
        if label not in names:
            raise DataError(f"unknown {task} label {label!r}; codebook {self.identifier} has {', '.join(names)}")
        return names.index(label)
