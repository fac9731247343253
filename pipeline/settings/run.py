"""The root of the configuration: one run of the pipeline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from pipeline.codebook import Codebook
from pipeline.errors import ConfigError
from pipeline.settings.checks import check_choice, check_range
from pipeline.settings.corpus import CorpusSettings
from pipeline.settings.evaluation import EvaluationSettings
from pipeline.settings.labeling import LabelingSettings
from pipeline.settings.probes import ProbeSettings
from pipeline.settings.report import ReportSettings
from pipeline.settings.split import SplitSettings
from pipeline.settings.train import TrainSettings

STAGES = ("ingest", "label", "split", "train", "evaluate", "report")
"""In the order in which they run."""


@dataclass
class RunSettings:
    """One experiment. `name` names its folders in `models/` and `reports/`; `seed` is the root of every other seed.

    `until` is the last stage of `stance run`: a search ends with `train`, so that it never sees a test fold's score.

    `model` holds one settings object a model, by the name that metrics and reports use.
    """

    name: str = "default"
    seed: int = 0
    until: str = "report"
    corpus: CorpusSettings = MISSING
    codebook: Codebook = MISSING
    labeling: LabelingSettings = MISSING
    split: SplitSettings = MISSING
    model: dict[str, Any] = field(default_factory=dict)
    train: TrainSettings = MISSING
    probes: ProbeSettings = field(default_factory=ProbeSettings)
    evaluation: EvaluationSettings = MISSING
    report: ReportSettings = MISSING

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._=,+-]{0,120}", self.name):
            raise ConfigError(f"name={self.name!r} cannot name a folder; use letters, digits and . _ = , + -")
        if self.name == "current":
            raise ConfigError("name='current' is the link to the model in use; choose another name")
        check_range("seed", self.seed, 0, 2**32 - 1)
        check_choice("until", self.until, STAGES)
        if not self.model:
            raise ConfigError("model holds no model; choose at least one, for example model=[majority,tfidf]")
        for name, settings in self.model.items():
            if isinstance(settings, dict):
                raise ConfigError(
                    f"model.{name} has settings, but the list model=[...] does not choose it; add it there, or leave "
                    f"its settings out with ~model.{name}"
                )
        for name in self.train.final:
            if name not in self.model:
                raise ConfigError(f"train.final names {name!r}, but this run has the models {', '.join(self.model)}")
