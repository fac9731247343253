"""Settings of the models that the transformer is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_choice, check_range
from pipeline.settings.model import ModelSettings

CLASS_WEIGHTS = ("none", "balanced")
MEASURES = ("macro_f1", "contrast_f1")
TARGETS = ("ignore", "crossed", "separate")


@dataclass
class MajoritySettings(ModelSettings):
    """The most frequent label for every sentence."""

    _target_: str = "pipeline.models.floors.MajorityModel"


@dataclass
class StratifiedSettings(ModelSettings):
    """A guess for every sentence, drawn with the frequencies of the training labels."""

    _target_: str = "pipeline.models.floors.StratifiedModel"


@dataclass
class LinearSettings(ModelSettings):
    """What a tuned linear model may be; `inner_folds` grouped folds of the training sentences choose, task by task.

    A development part that came with the data is one more of these folds, or the only one where it is large.

    `squared_C` and `logistic_C` are inverse regularisation strengths tried with the squared loss on one-vs-rest targets
    (a least-squares support vector machine) and with multinomial logistic regression; an empty list leaves that loss
    out. `class_weight`: `none`, or `balanced` (inverse to a label's frequency). `composed_weight`: what a composed
    sentence counts beside a document sentence, from 0 (left out) to 1. `choose_by` is the measure that decides:
    `macro_f1`, or `contrast_f1` where the codebook contrasts labels of the task. The search starts from the first value
    of every list (of the squared loss, where it has any).
    """

    squared_C: list[float] = field(default_factory=lambda: [1.0, 0.3, 3.0])
    logistic_C: list[float] = field(default_factory=lambda: [5.0])
    class_weight: list[str] = field(default_factory=lambda: ["balanced", "none"])
    composed_weight: list[float] = field(default_factory=lambda: [0.1, 0.0, 0.3, 1.0])
    inner_folds: int = 4
    choose_by: str = "macro_f1"

    def __post_init__(self) -> None:
        name = type(self).__name__.removesuffix("Settings").lower()
        check_range(f"{name}.inner_folds", self.inner_folds, 2, 100)
        for key, low, high in (("squared_C", 1e-6, 1e6), ("logistic_C", 1e-6, 1e6), ("composed_weight", 0.0, 1.0)):
            for value in getattr(self, key):
                check_range(f"{name}.{key}", value, low, high)
        check_choice(f"{name}.choose_by", self.choose_by, MEASURES)
        for value in self.class_weight:
            check_choice(f"{name}.class_weight", value, CLASS_WEIGHTS)
        if not self.squared_C and not self.logistic_C:
            raise ConfigError(
                f"{name}.squared_C and {name}.logistic_C are both empty; give at least one of them a value"
            )
        for key in ("class_weight", "composed_weight"):
            if not getattr(self, key):
                raise ConfigError(f"{name}.{key} is empty; give it at least one value to try")

    def fit_seconds(self, documents: int, composed: int) -> float:
        """As for every model."""
        axes = (self.composed_weight, self.class_weight, [*self.squared_C, *self.logistic_C])
        candidates = 1 + sum(len(axis) - 1 for axis in axes)
        return 1.0 + (0.002 + 0.0015 * candidates) * (documents + composed)

    def untuned(self) -> Self:
        """The candidate that the search starts from, alone; two inner folds still give its temperature."""
        return replace(
            self,
            squared_C=self.squared_C[:1],
            logistic_C=[] if self.squared_C else self.logistic_C[:1],
            class_weight=self.class_weight[:1],
            composed_weight=self.composed_weight[:1],
            inner_folds=2,
        )


@dataclass
class TfidfSettings(LinearSettings):
    """A linear model on TF-IDF weighted word and character n-grams.

    `word_ngrams` and `char_ngrams` are the shortest and the longest, characters within words; n-grams in fewer than
    `min_df` training sentences are left out. `char_share` is the share of the character n-grams in a sentence's squared
    length. Where sentences have targets, `targets` says what becomes of them; of several ways, the best is chosen like
    the other hyperparameters: `ignore`; `crossed`, n-grams beside their copies a target; `separate`, a model a target.
    """

    _target_: str = "pipeline.models.tfidf.TfidfModel"
    word_ngrams: list[int] = field(default_factory=lambda: [1, 2])
    char_ngrams: list[int] = field(default_factory=lambda: [2, 5])
    min_df: int = 2
    char_share: float = 0.7
    targets: list[str] = field(default_factory=lambda: list(TARGETS))

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("tfidf.min_df", self.min_df, 1, 1_000_000)
        check_range("tfidf.char_share", self.char_share, 0.0, 1.0)
        for way in self.targets:
            check_choice("tfidf.targets", way, TARGETS)
        if not self.targets:
            raise ConfigError("tfidf.targets is empty; give it at least one way to try")
        for key in ("word_ngrams", "char_ngrams"):
            lengths = list(getattr(self, key))
            if len(lengths) != 2 or not 1 <= lengths[0] <= lengths[1] <= 20:
                raise ConfigError(f"tfidf.{key}={lengths} is no range; give shortest and longest, between 1 and 20")

    def untuned(self) -> Self:
        """As for every linear model; of the ways to treat targets, the first."""
        return replace(super().untuned(), targets=self.targets[:1])


@dataclass
class EmbeddingSettings(LinearSettings):
    """A linear model on the frozen sentence embeddings of an encoder.

    `name_or_path`, `revision` and `sha256` find the encoder as the transformer's settings do; sentences are cut at
    `max_length` tokens.
    """

    _target_: str = "pipeline.models.embedding.EmbeddingModel"
    logistic_C: list[float] = field(default_factory=lambda: [10.0, 1.0])
    name_or_path: str = "all-MiniLM-L6-v2"
    revision: str = ""
    sha256: str = ""
    max_length: int = 128

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("embedding.max_length", self.max_length, 8, 8192)

    def preparation_seconds(self, composed: int) -> float:
        """As for every model."""
        return 0.005 * composed

    @property
    def prepares(self) -> bool:
        """True: the folds share the vectors of the composed sentences, which are embedded once."""
        return True
