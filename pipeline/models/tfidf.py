"""The baseline: TF-IDF weighted word and character n-grams under a tuned linear classifier.

To load a model and predict takes numpy only; what training needs is imported when `fit` is called.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts import read_json, write_json
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, DataError
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.models.linear_heads import ARRAYS, read_arrays, write_arrays
from pipeline.models.model_note import read_note, write_note
from pipeline.models.ngrams import NgramForm, NgramTfidf
from pipeline.models.target_heads import TargetHeads, read_target_heads
from pipeline.settings.baselines import TfidfSettings

KIND = "tfidf"
VOCABULARY = "vocabulary.json"


class TfidfModel(Model):
    """Labels a sentence by its own n-grams, and by its target where there are several; nothing around it is read."""

    settings: TfidfSettings

    def __init__(self, settings: TfidfSettings, codebook: Codebook) -> None:
        super().__init__(settings, codebook)
        self._fitted: tuple[NgramTfidf, TargetHeads] | None = None

    @property
    def form(self) -> NgramForm:
        """Which n-grams the settings ask for."""
        words, characters = self.settings.word_ngrams, self.settings.char_ngrams
        return NgramForm(
            words=(words[0], words[1]),
            characters=(characters[0], characters[1]),
            min_df=self.settings.min_df,
            char_share=self.settings.char_share,
        )

    def fit(self, data: TrainingData, seed: int, prepared: Path | None = None) -> dict[str, Any]:
        """Learn vocabulary and heads; returns, a task, the chosen hyperparameters and every candidate's score and cost.

        The vocabulary is that of document and composed sentences together. Raises DataError without training sentences
        or where a task has no label.
        """
        from pipeline.models.tfidf_training import train_heads

        if not data.sentences:
            raise DataError("the tfidf model got no document sentences to train on; check the split")
        began, began_cpu = time.perf_counter(), time.process_time()
        documents = [*data.sentences, *data.development]
        features = NgramTfidf.fit([one.text for one in (*documents, *data.composed)], self.form)
        heads, tasks = train_heads(features, data, self.codebook, self.settings, seed, self.on_progress)
        self._fitted = features, heads
        return {
            "tasks": tasks,
            "features": {"words": len(features.words), "characters": len(features.characters)},
            "sentences": {"documents": len(documents), "composed": len(data.composed)},
            "targets": list(heads.targets),
            "seconds": round(time.perf_counter() - began, 3),
            "cpu_seconds": round(time.process_time() - began_cpu, 3),
        }

    def predict_proba(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels), rows summing to 1; `contexts` are ignored.

        A target without weights of its own is treated like none. A text's probabilities do not depend on the texts
        beside it, to the last bit.
        """
        features, known = self._require_fitted()
        scores = np.empty((len(texts), len(known.whole.intercept)))
        for row, text in enumerate(texts):
            heads = known.of(targets[row]) if targets is not None else known.whole
            columns, values = features.vector(text)
            scores[row] = (values[:, None] * heads.weights[columns]).sum(axis=0) + heads.intercept
        return known.whole.probabilities(scores)

    def contributions(self, text: str, task: str, label: str, target: str = "") -> list[tuple[str, float]]:
        """What each n-gram of `text` adds to the log-odds of `label` against the mean of the task's other labels.

        Strongest support first, strongest opposition last; in character n-grams an underscore is the edge of a word.
        N-grams that the model does not know are left out. Raises DataError for an unknown task or label.
        """
        features, known = self._require_fitted()
        heads = known.of(target)
        index = self.codebook.index(task, label)
        columns, values = features.vector(text)
        part = heads.weights[columns, heads.columns[task]].astype(np.float64)
        others = np.delete(part, index, axis=1).mean(axis=1)
        added = values * (part[:, index] - others)
        return sorted(zip(features.names(columns), added.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))

    def save(self, folder: Path) -> None:
        """Write `vocabulary.json`, `arrays.npz`, those of targets and, last, `model.json` into the empty `folder`."""
        features, heads = self._require_fitted()
        write_json(folder / VOCABULARY, {"words": features.words, "characters": features.characters})
        write_arrays(folder, heads.whole, {"idf": features.idf})
        heads.write(folder)
        write_note(folder, KIND, self.codebook, self.settings, {"targets": list(heads.targets)})

    @classmethod
    def load(cls, folder: Path) -> TfidfModel:
        """Read a saved model, whose probabilities are those of the fitted one to the last bit.

        Raises ArtifactError when a file is missing, altered, of a newer format, or does not fit the others.
        """
        note = read_note(folder, KIND, (VOCABULARY, ARRAYS))
        targets = [str(target) for target in note.details.get("targets", ())]
        model = cls(note.settings_as(TfidfSettings), note.codebook)
        heads, arrays = read_arrays(folder, note.codebook, ("idf",))
        vocabulary = read_json(folder / VOCABULARY)
        try:
            features = NgramTfidf(model.form, vocabulary["words"], vocabulary["characters"], arrays["idf"])
        except (KeyError, TypeError, ValueError) as error:
            path = folder / VOCABULARY
            raise ArtifactError(f"{path} does not fit the model ({error}); train the model again") from error
        model._fitted = features, read_target_heads(folder, heads, targets, note.codebook)
        return model

    def _require_fitted(self) -> tuple[NgramTfidf, TargetHeads]:
        if self._fitted is None:
            raise DataError("the tfidf model has not been fitted or loaded; call fit or load first")
        return self._fitted
