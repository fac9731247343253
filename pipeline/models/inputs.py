"""Sentences as the transformer reads them: token ids, and label indices where there are labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from pipeline.codebook import Codebook
from pipeline.models.multitask import IGNORED
from pipeline.records import LabeledSentence

_CONTEXT_WORDS = 40


@dataclass(frozen=True, slots=True)
class InputForm:
    """Turns text into token ids: at most `max_length` tokens, `context` as a second segment where it is on."""

    tokenizer: PreTrainedTokenizerBase
    max_length: int
    context: bool

    def tokens(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> dict[str, list[list[int]]]:
        """Token ids, segments and attention mask without padding, one list of integers a text and name.

        Of a context the words nearest before the sentence are kept; without `contexts` every context is empty.
        """
        second = None
        if self.context:
            before = contexts if contexts is not None else [""] * len(texts)
            second = [" ".join(text.split()[-_CONTEXT_WORDS:]) for text in before]
        found = self.tokenizer(list(texts), second, truncation=True, max_length=self.max_length, padding=False)
        return {name: list(found[name]) for name in self.tokenizer.model_input_names if name in found}

    def rows(self, sentences: Sequence[LabeledSentence], codebook: Codebook) -> Dataset:
        """Token ids with their `length` and `labels` (tasks,), IGNORED where a label is null.

        Raises DataError for a label that the codebook does not have.
        """
        columns: dict[str, Any] = dict(self.tokens([s.text for s in sentences], [s.context for s in sentences]))
        columns["length"] = [len(row) for row in columns["input_ids"]]
        columns["labels"] = [label_indices(sentence, codebook) for sentence in sentences]
        return Dataset.from_dict(columns)


def label_indices(sentence: LabeledSentence, codebook: Codebook) -> list[int]:
    """Label index of every task in codebook order, IGNORED where the sentence has no label."""
    labels = [(task, sentence.labels.get(task)) for task in codebook.tasks]
    return [IGNORED if label is None else codebook.index(task, label) for task, label in labels]
