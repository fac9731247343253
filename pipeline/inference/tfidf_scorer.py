"""The baseline, as it was saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.inference.explanation import WEIGHTS, WordContribution, shared_weights
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.scorer import Probabilities
from pipeline.models.tfidf import TfidfModel


class TfidfScorer:
    """Probabilities of the TF-IDF baseline."""

    method = WEIGHTS

    def __init__(self, folder: ModelFolder) -> None:
        for name in folder.note.get("files", {}):
            folder.verified(name)
        self._model = TfidfModel.load(folder.path)

    def prepare(self, texts: Sequence[str], contexts: Sequence[str]) -> list[str]:
        """The texts themselves."""
        return list(texts)

    def probabilities(self, prepared: list[str], batch_size: int) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels)."""
        return self._model.predict_proba(prepared)

    def explain(self, text: str, context: str, labels: Mapping[str, str]) -> dict[str, list[WordContribution]]:
        """The model's own weights, shared out to words."""
        return {
            task: shared_weights(text, self._model.contributions(text, task, label)) for task, label in labels.items()
        }
