"""Sentences as the transformer reads them: token ids, and label indices where there are labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from pipeline.codebook import Codebook
from pipeline.models.multitask import IGNORED
from pipeline.models.segments import second_segments
from pipeline.records import LabeledSentence


@dataclass(frozen=True, slots=True)
class InputForm:
    """Turns text into token ids: at most `max_length` tokens, `target` and `context` in a second segment where on."""

    tokenizer: PreTrainedTokenizerBase
    max_length: int
    context: bool
    target: bool = False

    def tokens(
        self, texts: Sequence[str], contexts: Sequence[str] | None = None, targets: Sequence[str] | None = None
    ) -> dict[str, list[list[int]]]:
        """Token ids, segments and attention mask without padding, one list of integers a text and name.

        Of a context the words nearest before the sentence are kept; without `contexts` every context is empty, without
        `targets` every target.
        """
        second = second_segments(len(texts), contexts, targets, context=self.context, target=self.target)
        found = self.tokenizer(list(texts), second, truncation=True, max_length=self.max_length, padding=False)
        return {name: list(found[name]) for name in self.tokenizer.model_input_names if name in found}

    def rows(self, sentences: Sequence[LabeledSentence], codebook: Codebook) -> Dataset:
        """Token ids with their `length`, `labels` (tasks,), IGNORED where a label is null, and `importance` (tasks,).

        A label is as important as the sentence's confidence in it.

        Raises DataError for a label that the codebook does not have.
        """
        columns: dict[str, Any] = dict(self.tokens(*sentence_inputs(sentences)))
        columns["length"] = [len(row) for row in columns["input_ids"]]
        columns["labels"] = [label_indices(sentence, codebook) for sentence in sentences]
        columns["importance"] = [[s.confidence.get(task, 1.0) for task in codebook.tasks] for s in sentences]
        return Dataset.from_dict(columns)

    def truncated(self, sentences: Sequence[LabeledSentence]) -> int:
        """How many of `sentences` have more than `max_length` tokens, second segments included, and lose some."""
        texts, contexts, targets = sentence_inputs(sentences)
        second = second_segments(len(texts), contexts, targets, context=self.context, target=self.target)
        found = self.tokenizer(texts, second, truncation=False, verbose=False)["input_ids"] if texts else []
        return sum(len(ids) > self.max_length for ids in found)


def rows_of(columns: dict[str, list[list[int]]], indices: Iterable[int]) -> list[dict[str, list[int]]]:
    """The sentences at `indices` of `InputForm.tokens`, one dict a sentence."""
    return [{name: values[index] for name, values in columns.items()} for index in indices]


def sentence_inputs(sentences: Sequence[LabeledSentence]) -> tuple[list[str], list[str], list[str]]:
    """Texts, contexts and targets, as every model takes them."""
    return [s.text for s in sentences], [s.context for s in sentences], [s.target for s in sentences]


def label_indices(sentence: LabeledSentence, codebook: Codebook) -> list[int]:
    """Label index of every task in codebook order, IGNORED where the sentence has no label."""
    labels = [(task, sentence.labels.get(task)) for task in codebook.tasks]
    return [IGNORED if label is None else codebook.index(task, label) for task, label in labels]
