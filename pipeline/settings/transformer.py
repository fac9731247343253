"""Settings of the transformer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.settings.checks import check_choice, check_range
from pipeline.settings.model import ModelSettings

POOLING = ("mean", "cls")
HEADS = ("definitions", "random")
COMPOSED = ("none", "prepare", "mixed")
PRECISION = ("auto", "fp32", "bf16")
DOCUMENT_SETTINGS = (
    "replay",
    "epochs",
    "learning_rate",
    "development_fraction",
    "patience",
    "calibrate",
    "targets",
)
"""What has no say in training on the composed sentences."""
_SECONDS = 0.016
"""For one short sentence in one epoch, on one core of 2024 in bf16; sentences of documents take twice that."""


@dataclass
class TransformerSettings(ModelSettings):
    """How the encoder is found, fine-tuned and calibrated.

    Encoder: `name_or_path` is `all-MiniLM-L6-v2` (hash checked), a folder, or a hub id with an optional `revision`;
    `sha256`, where given, must match its `model.safetensors`. Inputs are cut at `max_length` tokens; `context` puts the
    text before the sentence in a second segment; there, too, `targets` puts the target of sentences that have one, of
    which the model then makes an input. `pooling` turns token states into one vector a sentence. `heads` begin as the
    vectors of the codebook's label `definitions`, or as small `random` numbers.

    Composed sentences: `none` ignores them; `prepare` trains on them first (`prepare_epochs` at
    `prepare_learning_rate`), then on the documents; `mixed` trains on both at once. While training on documents, each
    epoch adds a fresh random `replay` share of the composed sentences, so that what they taught is not forgotten.

    Training: AdamW with linear warm-up over the `warmup` share of the steps and linear decay. Each layer below the
    heads learns at `layer_decay` times the rate of the one above. `class_weight_power` 0 leaves labels unweighted, 1
    weights them by inverse frequency, values between temper that. `task_weights` scale each task's loss (1 where a
    task is not named). `freeze_embeddings` keeps the word vectors, `freeze_layers` the lowest layers, as they are.

    `swap_countries` is the share of training sentences that each epoch shows with other countries in place of those
    that they name; their labels then count only for the tasks that the codebook calls `country_free`. With `context`,
    `context_dropout` is the share that each epoch shows without theirs: sentences often come to a model alone.

    `averaging` above 0: the weights are the mean over that last share of the steps, in both trainings; 0: the last ones
    of the training on composed sentences, and on documents those of the epoch with the lowest log-loss on the
    development part, and training stops `patience` epochs after it. That part is `development_fraction` of the training
    sentences (whole groups; 0: none), unless the data came with one; with `calibrate` it fits one softmax temperature a
    task.

    `precision` of the training: `bf16` (mixed), `fp32`, or `auto`, which is bf16 where the processor
    computes with it. The two give slightly different models.
    """

    _target_: str = "pipeline.models.transformer.TransformerModel"
    name_or_path: str = "all-MiniLM-L6-v2"
    revision: str = ""
    sha256: str = ""
    max_length: int = 128
    pooling: str = "mean"
    heads: str = "definitions"
    context: bool = True
    context_dropout: float = 0.5
    targets: bool = True
    composed: str = "prepare"
    prepare_epochs: int = 4
    prepare_learning_rate: float = 3e-4
    replay: float = 0.05
    epochs: int = 6
    learning_rate: float = 1e-4
    layer_decay: float = 1.0
    batch_size: int = 32
    precision: str = "auto"
    weight_decay: float = 0.01
    warmup: float = 0.1
    dropout: float = 0.1
    label_smoothing: float = 0.0
    swap_countries: float = 0.5
    class_weight_power: float = 0.5
    task_weights: dict[str, float] = field(default_factory=dict)
    freeze_embeddings: bool = True
    freeze_layers: int = 0
    development_fraction: float = 0.12
    patience: int = 3
    averaging: float = 0.5
    calibrate: bool = True

    def __post_init__(self) -> None:
        check_choice("transformer.pooling", self.pooling, POOLING)
        check_choice("transformer.heads", self.heads, HEADS)
        check_choice("transformer.composed", self.composed, COMPOSED)
        check_choice("transformer.precision", self.precision, PRECISION)
        check_range("transformer.max_length", self.max_length, 8, 8192)
        check_range("transformer.prepare_epochs", self.prepare_epochs, 1, 1000)
        check_range("transformer.prepare_learning_rate", self.prepare_learning_rate, 1e-8, 1.0)
        check_range("transformer.replay", self.replay, 0.0, 1.0)
        check_range("transformer.epochs", self.epochs, 1, 1000)
        check_range("transformer.learning_rate", self.learning_rate, 1e-8, 1.0)
        check_range("transformer.layer_decay", self.layer_decay, 0.1, 1.0)
        check_range("transformer.batch_size", self.batch_size, 1, 4096)
        check_range("transformer.weight_decay", self.weight_decay, 0.0, 1.0)
        check_range("transformer.warmup", self.warmup, 0.0, 0.9)
        check_range("transformer.dropout", self.dropout, 0.0, 0.9)
        check_range("transformer.label_smoothing", self.label_smoothing, 0.0, 0.9)
        check_range("transformer.swap_countries", self.swap_countries, 0.0, 1.0)
        check_range("transformer.context_dropout", self.context_dropout, 0.0, 1.0)
        check_range("transformer.class_weight_power", self.class_weight_power, 0.0, 1.0)
        check_range("transformer.freeze_layers", self.freeze_layers, 0, 1000)
        check_range("transformer.development_fraction", self.development_fraction, 0.0, 0.5)
        check_range("transformer.patience", self.patience, 1, 1000)
        check_range("transformer.averaging", self.averaging, 0.0, 1.0)
        for task, weight in self.task_weights.items():
            check_range(f"transformer.task_weights.{task}", weight, 0.0, 1000.0)

    def fit_seconds(self, documents: int, composed: int) -> float:
        """As for every model."""
        share = {"none": 0.0, "prepare": self.replay, "mixed": 1.0}[self.composed]
        return _SECONDS * self.epochs * (2 * documents + share * composed)

    def preparation_seconds(self, composed: int) -> float:
        """As for every model."""
        return _SECONDS * self.prepare_epochs * composed if self.prepares else 0.0

    @property
    def prepares(self) -> bool:
        """True where the folds of a repetition start from one state trained on the composed sentences."""
        return self.composed == "prepare"

    def preparation(self) -> dict[str, Any]:
        """All settings but those that only matter once the documents are trained on."""
        return {name: value for name, value in asdict(self).items() if name not in DOCUMENT_SETTINGS}
