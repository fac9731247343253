"""A classifier's answers together with what was asked, and with their explanations where these are wished."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from pipeline.inference.classifier import Classifier
from pipeline.inference.items import Item, Rejection, Unit
from pipeline.inference.record import ClassifiedSentence

Answer = tuple[Unit, ClassifiedSentence | Rejection]
"""What was asked, and what came of it."""


class Results:
    """A classifier with the wish to explain, or not."""

    def __init__(self, classifier: Classifier, explain: bool, batch_size: int) -> None:
        self.classifier, self.explain, self.batch_size = classifier, explain, batch_size

    def stream(self, units: Iterable[Unit]) -> Iterator[list[Answer]]:
        """Results with the units that they answer, in order."""
        asked: deque[Unit] = deque()

        def noted() -> Iterator[Unit]:
            for unit in units:
                asked.append(unit)
                yield unit

        for group in self.classifier.stream(noted(), self.batch_size):
            yield [(asked.popleft(), result) for result in group]

    def lines(self, units: Iterable[Unit]) -> Iterator[list[dict[str, Any] | Rejection]]:
        """Groups of what a bulk output takes: records in their JSON form, and rejections."""
        for group in self.stream(units):
            yield [result if isinstance(result, Rejection) else self.as_dict(unit, result) for unit, result in group]

    def explanation(self, unit: Unit, record: ClassifiedSentence) -> Mapping[str, Any] | None:
        """Weights of the words; None where no explanation is wished."""
        return self.classifier.explain(unit, record) if self.explain and isinstance(unit, Item) else None

    def as_dict(self, unit: Unit, record: ClassifiedSentence) -> dict[str, Any]:
        """The record in its JSON form, with its explanation where wished."""
        found = self.explanation(unit, record)
        if found is None:
            return record.to_dict()
        tasks = {task: [asdict(word) for word in words] for task, words in found.items()}
        return record.to_dict() | {"explanation": {"method": self.classifier.explanation_method, "tasks": tasks}}
