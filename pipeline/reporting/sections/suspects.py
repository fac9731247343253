"""Suspect labels: what the models and the nearest sentences contradict, for people to look at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.records import LabeledSentence
from pipeline.reporting.blocks import Block, Cell, Code, Column, Disclosure, Heading, Paragraph, Section, Table
from pipeline.reporting.formatting import count, number, percent
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import FLOORS, enumerate_words, model_name, sort_models, title, words
from pipeline.reviewing.suspects import NEIGHBOURS, Suspect, find_suspects
from pipeline.reviewing.vectors import TFIDF, sentence_vectors

OPEN, LISTED = 10, 30
"""Suspects a task that are shown at once, and with those that fold out."""


def suspects_section(data: ReportInput) -> Section:
    """The labels that models and neighbours contradict most, a table a task."""
    models = _models(data)
    found = _find(data, models)
    if not any(found.values()):
        text = "No label is contradicted by both the models and the nearest sentences."
        return Section("suspects", "Suspect labels", (Paragraph(text),))
    named = enumerate_words([model_name(model) for model in models])
    blocks: list[Block] = [
        Paragraph(
            "Labels to look at again, the most suspect first: the mean of the label's out-of-fold probability "
            f"({named}) and of its share among the {NEIGHBOURS} nearest sentences by TF-IDF is lowest. A star marks "
            "what confident learning (Northcutt et al. 2021) counts as a label error. A suspect is a question and not "
            "an answer: rare labels and hard sentences are suspect, too. No label has been changed."
        ),
        _summary(data, found),
    ]
    sentences = {sentence.id: sentence for sentence in data.real}
    for task, suspects in found.items():
        blocks.append(Heading(title(task)))
        blocks.append(_table(f"{title(task)}: the most suspect labels.", suspects[:OPEN], sentences))
        if more := suspects[OPEN:LISTED]:
            rest = _table(f"{title(task)}: ranks {OPEN + 1} to {OPEN + len(more)}.", more, sentences)
            blocks.append(Disclosure(f"{title(task)}: {len(more)} more", (rest,)))
    blocks.append(Paragraph("As a sheet to fill in, whose answers can be imported as votes:"))
    blocks.append(Code(f"stance suspects reports/{data.name} --neighbours {TFIDF} --output review.csv"))
    return Section("suspects", "Suspect labels", tuple(blocks))


def _models(data: ReportInput) -> tuple[str, ...]:
    """The models whose probabilities count: all that know something of the text, else all."""
    known = sort_models({one.model for one in data.predictions})
    return tuple(model for model in known if model not in FLOORS) or known


def _find(data: ReportInput, models: Sequence[str]) -> dict[str, list[Suspect]]:
    if len(data.real) < 2:
        return {}
    vectors = sentence_vectors([sentence.text for sentence in data.real], TFIDF)
    found = find_suspects(data.real, data.predictions, models, vectors, data.codebook)
    return {task: suspects for task, suspects in found.items() if task in data.tasks}


def _summary(data: ReportInput, found: Mapping[str, Sequence[Suspect]]) -> Table:
    labeled = {task: sum(sentence.labels.get(task) is not None for sentence in data.real) for task in found}
    rows = tuple(
        (
            Cell(title(task)),
            Cell(count(labeled[task])),
            Cell(count(len(suspects)), (percent(len(suspects) / labeled[task], 1),)),
            Cell(count(sum(one.issue for one in suspects))),
        )
        for task, suspects in found.items()
    )
    numeric = ("Labels", "Contradicted", "Of these, errors by confident learning")
    return Table(
        "Labels for which another one has the higher mean.",
        (Column("Task"), *(Column(name, kind="number") for name in numeric)),
        rows,
    )


def _table(caption: str, suspects: Sequence[Suspect], sentences: Mapping[str, LabeledSentence]) -> Table:
    rows = tuple(
        (
            Cell(sentences[one.sentence].text, (f"sentence {one.sentence}",)),
            Cell(words(one.given)),
            Cell(words(one.suggested)),
            Cell(f"{number(one.probability, 2)}{' *' if one.issue else ''}"),
            Cell(percent(one.neighbourhood)),
        )
        for one in suspects
    )
    columns = (
        Column("Sentence", kind="long"),
        Column("Label", kind="short"),
        Column("Rather", kind="short"),
        Column("Probability of the label", kind="number"),
        Column("Neighbours with it", kind="number"),
    )
    return Table(caption, columns, rows)
