"""Between baseline and transformer: a frozen encoder's sentence embeddings under a tuned linear classifier."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, DataError
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.models.linear import Samples
from pipeline.models.linear_heads import ARRAYS, LinearHeads, read_arrays, write_arrays
from pipeline.models.model_note import read_note, write_note
from pipeline.models.sentence_encoder import CONFIG, TOKENIZER, WEIGHTS, SentenceEncoder
from pipeline.models.tuning import documents, stack_tasks, tune_tasks
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import EmbeddingSettings

KIND = "embedding"
_PREPARED = "composed.npz"


class EmbeddingModel(Model):
    """Labels a sentence by its vector; the text around it is not looked at, and the encoder stays as it is."""

    settings: EmbeddingSettings

    def __init__(self, settings: EmbeddingSettings, codebook: Codebook) -> None:
        super().__init__(settings, codebook)
        self._encoder: SentenceEncoder | None = None
        self._heads: LinearHeads | None = None

    def prepare(self, composed: Sequence[LabeledSentence], seed: int, folder: Path) -> None:
        """Embed the composed sentences once for all folds and leave the vectors in the existing `folder`."""
        vectors = self._pretrained().encode([sentence.text for sentence in composed], self.on_progress)
        ids = np.array([sentence.id for sentence in composed], dtype=np.str_)
        np.savez(folder / _PREPARED, allow_pickle=False, ids=ids, vectors=vectors)

    def fit(self, data: TrainingData, seed: int, prepared: Path | None = None) -> dict[str, Any]:
        """Embed and learn the heads; returns, a task, the chosen hyperparameters and every candidate's score and cost.

        Raises DataError without training sentences or where a task has no label, BaseModelError without an encoder,
        ArtifactError where `prepared` holds the vectors of other sentences.
        """
        if not data.sentences:
            raise DataError("the embedding model got no document sentences to train on; check the split")
        began, began_cpu = time.perf_counter(), time.process_time()
        self._encoder = self._pretrained()
        vectors = self._encoder.encode([sentence.text for sentence in documents(data)])
        rows = np.concatenate([vectors, self._composed_vectors(data.composed, prepared)])
        samples = {"embeddings": Samples(rows, rows @ rows.T, len(vectors))}
        tuned = tune_tasks(samples, data, self.codebook, self.settings, seed, self.on_progress)
        weights, intercept = stack_tasks(tuned)
        self._heads = LinearHeads.of(self.codebook, weights.astype(np.float32), intercept)
        return {
            "tasks": {task: one.details for task, one in tuned.items()},
            "sentences": {"documents": len(vectors), "composed": len(data.composed)},
            "seconds": round(time.perf_counter() - began, 3),
            "cpu_seconds": round(time.process_time() - began_cpu, 3),
        }

    def predict_proba(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels), rows summing to 1; nothing but `texts` is read."""
        encoder, heads = self._require_fitted()
        vectors = encoder.encode(texts).astype(np.float64)
        return heads.probabilities(vectors @ heads.weights + heads.intercept)

    def save(self, folder: Path) -> None:
        """Write the encoder, `arrays.npz` and, last, `model.json` into the empty `folder`."""
        encoder, heads = self._require_fitted()
        encoder.save(folder)
        write_arrays(folder, heads)
        write_note(folder, KIND, self.codebook, self.settings, {})

    @classmethod
    def load(cls, folder: Path) -> EmbeddingModel:
        """Read a saved model; raises ArtifactError when a file is missing, altered or of a newer format."""
        note = read_note(folder, KIND, (ARRAYS, WEIGHTS, CONFIG, TOKENIZER))
        model = cls(note.settings_as(EmbeddingSettings), note.codebook)
        model._heads, _ = read_arrays(folder, note.codebook)
        model._encoder = SentenceEncoder.load(folder, model.settings.max_length)
        return model

    def _pretrained(self) -> SentenceEncoder:
        settings = self.settings
        return SentenceEncoder.pretrained(
            settings.name_or_path, settings.revision, settings.sha256, settings.max_length
        )

    def _composed_vectors(self, composed: Sequence[LabeledSentence], prepared: Path | None) -> NDArray[np.float32]:
        if prepared is None:
            assert self._encoder is not None
            return self._encoder.encode([sentence.text for sentence in composed])
        path = prepared / _PREPARED
        try:
            with np.load(path, allow_pickle=False) as stored:
                ids: list[str] = stored["ids"].tolist()
                vectors: NDArray[np.float32] = stored["vectors"]
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise ArtifactError(f"{path} is missing or broken ({error}); run the train stage again") from error
        if ids != [sentence.id for sentence in composed] or len(vectors) != len(ids):
            raise ArtifactError(f"{path} belongs to other sentences than the {len(composed)} of this run; train again")
        return vectors

    def _require_fitted(self) -> tuple[SentenceEncoder, LinearHeads]:
        if self._encoder is None or self._heads is None:
            raise DataError("the embedding model has not been fitted or loaded; call fit or load first")
        return self._encoder, self._heads
