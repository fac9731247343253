"""Settings of the evaluate stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_range


@dataclass
class EvaluationSettings:
    """How out-of-fold predictions become metrics, intervals and tests.

    `bootstrap` resamples of whole groups give each interval at `confidence`. `compare` lists pairs of models, each
    tested as first minus second; the first pair is the headline.
    """

    bootstrap: int = 2000
    confidence: float = 0.95
    compare: list[list[str]] = field(default_factory=lambda: [["transformer", "tfidf"]])
    calibration_bins: int = 10

    def __post_init__(self) -> None:
        check_range("evaluation.bootstrap", self.bootstrap, 100, 100_000)
        check_range("evaluation.confidence", self.confidence, 0.5, 0.999)
        check_range("evaluation.calibration_bins", self.calibration_bins, 2, 1000)
        for pair in self.compare:
            if len(pair) != 2 or pair[0] == pair[1]:
                raise ConfigError(f"evaluation.compare holds {list(pair)}; each entry names two different models")
