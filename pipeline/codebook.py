"""The codebook: tasks, their labels and definitions. The one place where the order of labels is fixed."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ConfigError, DataError


@dataclass
class Task:
    """One question put to every sentence.

    `labels` maps each label to its definition; its order is the order of every probability vector and confusion
    matrix. `contrast` names the labels
    whose mean F1 is reported beside macro-F1 (SemEval-2016 task 6 reports favor and against).
    """

    question: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    contrast: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.labels) < 2:
            raise ConfigError(f"codebook: a task needs at least two labels, got {list(self.labels)}")
        unknown = [label for label in self.contrast if label not in self.labels]
        if unknown:
            raise ConfigError(f"codebook: contrast names {unknown}, which is not among the labels {list(self.labels)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Label names in codebook order."""
        return tuple(self.labels)


@dataclass
class Codebook:
    """Tasks by name, with the version that every vote carries."""

    name: str = ""
    version: str = ""
    title: str = ""
    target: str = ""
    tasks: dict[str, Task] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.tasks:
            raise ConfigError(f"codebook {self.name!r} has no tasks; add at least one under codebook.tasks")

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
