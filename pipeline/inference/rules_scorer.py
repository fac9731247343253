"""The rules, as they were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.inference.explanation import OCCLUSION, WordContribution, occlusion
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.scorer import Probabilities
from pipeline.models.rules import RulesModel


class RulesScorer:
    """Probabilities from the votes of rules."""

    method = OCCLUSION

    def __init__(self, folder: ModelFolder) -> None:
        for name in folder.note.get("files", {}):
            folder.verified(name)
        self._labels = folder.labels
        self._model = RulesModel.load(folder.path)

    def prepare(self, texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str]) -> list[tuple[str, str]]:
        """The texts themselves, each with its context."""
        return list(zip(texts, contexts, strict=True))

    def probabilities(self, prepared: list[tuple[str, str]], batch_size: int) -> Probabilities:
        """Probabilities a task, shape (texts, labels)."""
        return self._model.predict_proba([text for text, _ in prepared], [context for _, context in prepared])

    def explain(
        self, text: str, context: str, labels: Mapping[str, str], target: str = ""
    ) -> dict[str, list[WordContribution]]:
        """Occlusion, one word at a time: without a word that a rule needs, its vote is gone."""
        indices = {task: self._labels[task].index(label) for task, label in labels.items()}

        def ask(texts: Sequence[str]) -> Probabilities:
            return self._model.predict_proba(texts, [context] * len(texts))

        return occlusion(text, indices, ask)
