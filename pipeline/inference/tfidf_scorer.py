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

    def prepare(
        self, texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str]
    ) -> tuple[Sequence[str], Sequence[str]]:
        """The texts themselves, and their targets."""
        return texts, targets

    def probabilities(self, prepared: tuple[Sequence[str], Sequence[str]], batch_size: int) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels)."""
        texts, targets = prepared
        return self._model.predict_proba(texts, targets=targets)

    def explain(
        self, text: str, context: str, labels: Mapping[str, str], target: str = ""
    ) -> dict[str, list[WordContribution]]:
        """The model's own weights, shared out to words."""
        return {
            task: shared_weights(text, self._model.contributions(text, task, label, target))
            for task, label in labels.items()
        }
