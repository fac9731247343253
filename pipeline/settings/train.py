"""Settings of the train stage that concern every model; each model's own are in the `model` group."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_range


@dataclass
class TrainSettings:
    """Which models are kept, and how much of the machine training may use.

    `final` names the models that are trained once more, on all labelled sentences, and saved; `models/current` points
    to `current`, one of them (empty: to none). `jobs` processes train at the same time (0: as many as the cores allow),
    each with `threads` computing threads. `threads` changes the order of floating-point sums and so the last digits;
    `jobs` changes nothing. With `weight_by_confidence`, a training sentence counts in each task as far as its label is
    to be trusted, which labels that several annotators or rules gave differ in; evaluation counts all alike.
    """

    final: list[str] = field(default_factory=lambda: ["tfidf", "transformer"])
    current: str = "transformer"
    jobs: int = 0
    threads: int = 1
    weight_by_confidence: bool = False

    def __post_init__(self) -> None:
        check_range("train.jobs", self.jobs, 0, 256)
        check_range("train.threads", self.threads, 1, 1024)
        if self.current and self.current not in self.final:
            raise ConfigError(
                f"train.current={self.current!r} is not among train.final={list(self.final)}; add it there"
            )
