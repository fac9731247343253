"""The units of training work: each is done in one process, published in one folder, and skipped when up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.utils import get_class

from pipeline.artifacts import write_json, write_records
from pipeline.codebook import Codebook
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.records import LabeledSentence, Prediction

DECIMALS = 6
"""Decimals of stored probabilities; metrics are computed from the stored ones, so that they can be recomputed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Common to all units: the model to train, what identifies the work and where its result goes."""

    work: Work
    folder: Path
    root: Path
    model: str
    settings: Any
    codebook: Codebook
    seed: int
    title: str
    effort: float
    """About how many seconds it takes, for the progress bar."""

    def is_current(self) -> bool:
        """True when the result is there and nothing that it depends on has changed."""
        return ArtifactFolder(self.folder).is_current(self.work)

    def run(self, on_progress: Callable[[float], None]) -> bool:
        """Do the work unless it is up to date; return whether it ran."""

        def produce(scratch: Path) -> None:
            self.produce(scratch, on_progress)

        return ArtifactFolder(self.folder).ensure(self.work, self.root, produce)

    def produce(self, scratch: Path, on_progress: Callable[[float], None]) -> None:
        """Write the result into `scratch`; report the share of the work done through `on_progress`."""
        raise TypeError(f"{type(self).__name__} does not say what to produce")

    def create(self, on_progress: Callable[[float], None]) -> Model:
        """The untrained model."""
        model: Model = get_class(self.settings._target_)(self.settings, self.codebook)
        model.root = self.root
        model.on_progress = lambda done, total, note: on_progress(done / total)
        return model


@dataclass(frozen=True, slots=True)
class PrepareCell(Cell):
    """Work on the composed sentences that all folds of a repetition share."""

    composed: Sequence[LabeledSentence]

    def produce(self, scratch: Path, on_progress: Callable[[float], None]) -> None:
        self.create(on_progress).prepare(self.composed, self.seed, scratch)


@dataclass(frozen=True, slots=True)
class FoldCell(Cell):
    """Training on a fold's training part and predicting its test part."""

    data: TrainingData
    test: Sequence[LabeledSentence]
    repetition: int
    fold: int
    prepared: Path | None

    def produce(self, scratch: Path, on_progress: Callable[[float], None]) -> None:
        model = self.create(on_progress)
        details = model.fit(self.data, self.seed, self.prepared)
        self.predict(model, scratch)
        write_json(scratch / "fit.json", details)

    def predict(self, model: Model, scratch: Path) -> None:
        """Write the predictions of `model` for the test part."""
        probabilities = model.predict_proba(
            [sentence.text for sentence in self.test],
            [sentence.context for sentence in self.test],
            [sentence.target for sentence in self.test],
        )
        write_records(scratch / "predictions.jsonl", self._predictions(probabilities))

    def _predictions(self, probabilities: Probabilities) -> list[Prediction]:
        return [
            Prediction(
                sentence=sentence.id,
                task=task,
                model=self.model,
                repetition=self.repetition,
                fold=self.fold,
                probabilities=tuple(round(float(value), DECIMALS) for value in row),
            )
            for task, rows in probabilities.items()
            for sentence, row in zip(self.test, rows, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class SavedCell(FoldCell):
    """Predicting the test part with the final model saved in `saved`, which learned from `data`."""

    saved: Path

    def produce(self, scratch: Path, on_progress: Callable[[float], None]) -> None:
        kind: type[Model] = get_class(self.settings._target_)
        self.predict(kind.load(self.saved), scratch)


@dataclass(frozen=True, slots=True)
class FinalCell(Cell):
    """Training on all labelled data and saving the model for later use."""

    data: TrainingData
    prepared: Path | None

    def produce(self, scratch: Path, on_progress: Callable[[float], None]) -> None:
        # Saving exports and checks the model, which takes about a fifth of the time.
        model = self.create(lambda share: on_progress(0.8 * share))
        details = model.fit(self.data, self.seed, self.prepared)
        model.save(scratch)
        write_json(scratch / "fit.json", details | {"export": model.export(scratch, self.data.sentences)})
