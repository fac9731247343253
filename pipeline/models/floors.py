"""Floors that any model must beat: the most frequent label, and guessing with the frequencies of the labels."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, DataError
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.models.model_note import read_note, write_note
from pipeline.seeding import derive_seed
from pipeline.settings.baselines import MajoritySettings, StratifiedSettings
from pipeline.settings.model import ModelSettings


class FrequencyModel(Model):
    """Knows how often each label is among the document sentences trained on, and nothing of the text."""

    kind: ClassVar[str]
    settings_class: ClassVar[type[ModelSettings]]

    def __init__(self, settings: ModelSettings, codebook: Codebook) -> None:
        super().__init__(settings, codebook)
        self.counts: dict[str, list[int]] = {}
        self.seed = 0

    def fit(self, data: TrainingData, seed: int, prepared: Path | None = None) -> dict[str, Any]:
        """Count the labels of the document sentences; those without a label do not count for that task.

        Raises DataError for a task without labels.
        """
        self.counts, self.seed = {}, seed
        for task in self.codebook.tasks:
            found = Counter(sentence.labels.get(task) for sentence in data.sentences)
            found.pop(None, None)
            if not found:
                raise DataError(f"no training sentence has a {task} label; check the annotations or leave the task out")
            counts = [0] * len(self.codebook.labels(task))
            for label, count in found.items():
                counts[self.codebook.index(task, str(label))] = count
            self.counts[task] = counts
        named = {task: dict(zip(self.codebook.labels(task), self.counts[task], strict=True)) for task in self.counts}
        return {"counts": named}

    def predict_proba(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Probabilities:
        """One label a text with probability 1, shape (texts, labels); `contexts` and `targets` are ignored."""
        if not self.counts:
            raise DataError(f"the {self.kind} model has not been fitted or loaded; call fit or load first")
        return {
            task: np.eye(len(counts))[self.choose(task, np.array(counts), texts)]
            for task, counts in self.counts.items()
        }

    @abstractmethod
    def choose(self, task: str, counts: NDArray[np.int64], texts: Sequence[str]) -> NDArray[np.intp]:
        """Index of the label of each text, shape (texts,)."""

    def save(self, folder: Path) -> None:
        """Write `model.json` into the empty `folder`."""
        write_note(folder, self.kind, self.codebook, self.settings, {"counts": self.counts, "seed": self.seed})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a saved model; raises ArtifactError when it is missing, altered or of a newer format."""
        note = read_note(folder, cls.kind)
        model = cls(note.settings_as(cls.settings_class), note.codebook)
        try:
            model.counts = _checked_counts(note.details.get("counts"), note.codebook)
            model.seed = int(note.details["seed"])
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"{note.path} is incomplete or altered ({error}); train the model again") from error
        return model


class MajorityModel(FrequencyModel):
    """The most frequent label of the training part; of equally frequent ones, the first in the codebook."""

    kind = "majority"
    settings_class = MajoritySettings

    def choose(self, task: str, counts: NDArray[np.int64], texts: Sequence[str]) -> NDArray[np.intp]:
        """The same index for every text."""
        return np.full(len(texts), counts.argmax(), dtype=np.intp)


class StratifiedModel(FrequencyModel):
    """A random label for each text, drawn with the frequencies of the training labels.

    A guess depends on the seed, the task and the text alone, so that it stays the same in any batch.
    """

    kind = "stratified"
    settings_class = StratifiedSettings

    def choose(self, task: str, counts: NDArray[np.int64], texts: Sequence[str]) -> NDArray[np.intp]:
        """One draw a text."""
        draws = np.array([derive_seed(self.seed, "guess", task, text) for text in texts], dtype=np.float64) / 2**32
        chosen: NDArray[np.intp] = np.searchsorted(np.cumsum(counts), draws * counts.sum(), side="right")
        return chosen


def _checked_counts(found: Any, codebook: Codebook) -> dict[str, list[int]]:
    """Counts a task as `save` writes them; raises ValueError for anything else."""
    if not isinstance(found, dict) or set(found) != set(codebook.tasks):
        raise ValueError("no label counts for every task")
    for task, counts in found.items():
        if not isinstance(counts, list) or len(counts) != len(codebook.labels(task)):
            raise ValueError(f"{task} has other labels than counts")
        if not all(isinstance(count, int) and count >= 0 for count in counts) or sum(counts) == 0:
            raise ValueError(f"{task} has counts {counts}")
    return found
