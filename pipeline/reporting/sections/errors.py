"""The worst errors: what a model got wrong while it was most sure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from pipeline.records import Document, LabeledSentence
from pipeline.reporting.blocks import Block, Disclosure, Heading, Mistake, Mistakes, Paragraph, Section
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import document_name, model_name, title, words


@dataclass(frozen=True, slots=True)
class Error:
    """A sentence that a model gets wrong by the mean of its probabilities over repetitions.

    `confidence` is the mean probability of `predicted`; `wrong` of `repetitions` single predictions are wrong.
    """

    sentence: LabeledSentence
    gold: str
    predicted: str
    confidence: float
    wrong: int
    repetitions: int


def error_section(data: ReportInput) -> Section:
    """The most confident errors of the compared models with their place; those of the first model open."""
    if data.settings.worst_errors == 0:
        return Section("errors", "Worst errors", (Paragraph("Not listed, because report.worst_errors is 0."),))
    found = worst_errors(data)
    blocks: list[Block] = [
        Paragraph(
            "Test sentences whose gold label a model contradicts with the highest probability"
            + (", averaged over repetitions" if int(data.metrics.get("repetitions", 1)) > 1 else "")
            + ". Some are errors of the model, some may be errors of the gold label. Offsets count characters of the "
            "raw document text from 0."
        )
    ]
    documents = {document.id: document for document in data.documents}
    for task in data.tasks:
        blocks.append(Heading(title(task)))
        for position, model in enumerate(data.rivals(task)):
            errors = found.get((task, model), [])
            if not errors:
                blocks.append(Paragraph(f"{model_name(model)}: no errors to show."))
                continue
            mistakes = Mistakes(tuple(_mistake(error, documents) for error in errors))
            if position == 0:
                blocks += [Paragraph(f"{model_name(model)}:"), mistakes]
            else:
                blocks.append(Disclosure(f"{title(task)}: worst errors of {model_name(model)}", (mistakes,)))
    return Section("errors", "Worst errors", tuple(blocks))


def worst_errors(data: ReportInput) -> dict[tuple[str, str], list[Error]]:
    """The most confident errors of each task and compared model, worst first."""
    sentences = {sentence.id: sentence for sentence in data.real}
    wanted = {(task, model) for task in data.tasks for model in data.rivals(task)}
    votes: dict[tuple[str, str, str], list[tuple[float, ...]]] = defaultdict(list)
    for prediction in data.predictions:
        if (prediction.task, prediction.model) in wanted and prediction.sentence in sentences:
            votes[prediction.task, prediction.model, prediction.sentence].append(prediction.probabilities)
    found: dict[tuple[str, str], list[Error]] = defaultdict(list)
    for (task, model, sentence), probabilities in votes.items():
        error = _error(data, sentences[sentence], task, probabilities)
        if error:
            found[task, model].append(error)
    return {
        key: sorted(errors, key=lambda error: (-error.confidence, error.sentence.id))[: data.settings.worst_errors]
        for key, errors in found.items()
    }


def _error(
    data: ReportInput, sentence: LabeledSentence, task: str, probabilities: list[tuple[float, ...]]
) -> Error | None:
    gold = sentence.labels.get(task)
    if gold is None:
        return None
    labels, table = data.codebook.labels(task), np.asarray(probabilities)
    average = table.mean(axis=0)
    predicted = int(average.argmax())
    truth = data.codebook.index(task, gold)
    if predicted == truth:
        return None
    wrong = int((table.argmax(axis=1) != truth).sum())
    return Error(sentence, gold, labels[predicted], float(average[predicted]), wrong, len(table))


def _mistake(error: Error, documents: dict[str, Document]) -> Mistake:
    note = f"wrong in {error.wrong} of {error.repetitions} repetitions" if error.repetitions > 1 else ""
    return Mistake(
        text=error.sentence.text,
        gold=words(error.gold),
        predicted=words(error.predicted),
        confidence=error.confidence,
        place=place(error.sentence, documents),
        note=note,
    )


def place(sentence: LabeledSentence, documents: dict[str, Document]) -> str:
    """Where a sentence stands: document, page, section and offsets, as far as they are known."""
    document = documents.get(sentence.document or "")
    parts = [document_name(document) if document else sentence.document or "no document"]
    if sentence.page is not None:
        parts.append(f"page {sentence.page}")
    if sentence.section:
        parts.append(f"section “{sentence.section}”")
    if sentence.start is not None and sentence.end is not None:
        parts.append(f"characters {sentence.start:,} to {sentence.end:,}")
    return " · ".join((*parts, f"sentence {sentence.id}"))
