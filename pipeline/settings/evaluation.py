"""Settings of the evaluate stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_choice, check_range

PRIMARY = ("macro_f1", "contrast_f1")


@dataclass
class EvaluationSettings:
    """How out-of-fold predictions become metrics, intervals and tests.

    `bootstrap` resamples of whole groups give each interval at `confidence`. `compare` lists pairs of models, each
    tested as first minus second; the first pair is the headline. `primary` names, a task, the measure that models are
    compared by: `macro_f1` (where a task is not named) or `contrast_f1`, the mean F1 of the labels that the codebook
    contrasts.
    """

    bootstrap: int = 2000
    confidence: float = 0.95
    compare: list[list[str]] = field(default_factory=lambda: [["transformer", "tfidf"]])
    calibration_bins: int = 10
    primary: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_range("evaluation.bootstrap", self.bootstrap, 100, 100_000)
        check_range("evaluation.confidence", self.confidence, 0.5, 0.999)
        check_range("evaluation.calibration_bins", self.calibration_bins, 2, 1000)
        for task, measure in self.primary.items():
            check_choice(f"evaluation.primary.{task}", measure, PRIMARY)
        for pair in self.compare:
            if len(pair) != 2 or pair[0] == pair[1]:
                raise ConfigError(f"evaluation.compare holds {list(pair)}; each entry names two different models")

    def measure(self, task: str) -> str:
        """The measure that models are compared by on `task`."""
        return self.primary.get(task, PRIMARY[0])
