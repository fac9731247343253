"""Settings of the label stage."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_range


@dataclass
class LabelingSettings:
    """Where votes come from and how agreement among annotators is measured.

    `gold`, `passes` and `composed` are JSON Lines files relative to the project root, in the record format of the
    codebook page; an empty `passes` or `composed` leaves that source out. `bootstrap` resamples give the interval of
    Krippendorff's alpha at `confidence`.
    """

    gold: str = "data/annotations/v1/gold.jsonl"
    passes: str = "data/annotations/v1/passes.jsonl"
    composed: str = "data/annotations/v1/composed.jsonl"
    bootstrap: int = 1000
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not self.gold:
            raise ConfigError("labeling.gold is empty; name the file of resolved labels, as passes refer to its ids")
        check_range("labeling.bootstrap", self.bootstrap, 100, 1_000_000)
        check_range("labeling.confidence", self.confidence, 0.5, 0.999)
