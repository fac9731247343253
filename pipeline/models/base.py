"""What every model of a comparison can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.records import LabeledSentence

Probabilities = dict[str, NDArray[np.float64]]
"""Task name to an array of shape (sentences, labels): rows sum to 1, columns in codebook order."""


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a model may learn from in one fold.

    `sentences` are labelled sentences of the documents, `groups` maps their ids to the group that must not straddle an
    inner split either. `composed` are the training-only sentences, already rid of near-duplicates of any document
    sentence, so that work on them alone can be shared by all folds. `development` is a development part that came with
    the data; where it is empty, a model that needs one holds out whole groups of `sentences`.
    """

    sentences: Sequence[LabeledSentence]
    groups: Mapping[str, str]
    composed: Sequence[LabeledSentence] = ()
    development: Sequence[LabeledSentence] = ()


class Model(ABC):
    """One comparator: fitted on a fold's training part, asked for probabilities on its test part."""

    def __init__(self, settings: Any, codebook: Codebook) -> None:
        self.settings = settings
        self.codebook = codebook
        self.root = Path()
        """Folder to which the names of files in the settings are relative."""
        self.on_progress: Callable[[int, int, str], None] | None = None
        """Called with (steps done, steps in all, what is being done) during long work."""

    def prepare(self, composed: Sequence[LabeledSentence], seed: int, folder: Path) -> None:
        """Do the work that all folds of a repetition share and leave it in `folder`.

        Called where the settings say that the model `prepares`. It sees composed sentences only, never a document
        sentence, so no fold can leak into another through it.
        """
        raise TypeError(f"{type(self).__name__} shares no work between folds, but its settings say that it prepares")

    @abstractmethod
    def fit(self, data: TrainingData, seed: int, prepared: Path | None = None) -> dict[str, Any]:
        """Learn from `data`; return what was chosen and what it cost (JSON-able). Equal seeds give equal models."""

    @abstractmethod
    def predict_proba(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Probabilities:
        """Probabilities of every task's labels for each text; contexts and targets matter to models that read them."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything that `load` needs into the existing empty `folder`, in formats that cannot execute."""

    def export(self, folder: Path, sentences: Sequence[LabeledSentence]) -> dict[str, Any]:
        """Write faster forms for inference beside the model saved in `folder`, checked on `sentences`.

        Returns what each form is good for (JSON-able); most models have no other form and return an empty dict.
        """
        return {}

    @classmethod
    @abstractmethod
    def load(cls, folder: Path) -> Model:
        """Read a saved model; raises ArtifactError when a file is missing, altered or of a newer format."""
