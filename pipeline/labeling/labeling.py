"""The label stage's work: annotations and ingested sentences in, labelled sentences out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.labeling.agreement import agreement
from pipeline.labeling.annotations import Annotation, read_composed, read_gold, read_passes
from pipeline.labeling.functions import LabelingFunction, cast_votes
from pipeline.labeling.matching import match
from pipeline.labeling.resolution import Resolution, resolve
from pipeline.labeling.table_rows import row_votes, with_rows
from pipeline.labeling.version_maps import read_version_maps
from pipeline.labeling.votes import read_votes
from pipeline.records import LabeledSentence, Sentence, TableRow, Vote
from pipeline.settings.labeling import LabelingSettings

Resolutions = Mapping[tuple[str, str], Resolution]


@dataclass(frozen=True, slots=True)
class Labeling:
    """What the label stage yields.

    `labeled` holds the documents' sentences in document order, then the composed ones. `provenance` of each tells how
    every task was resolved and keeps the second label (`frame2`), and of a composed sentence its `register` and
    `passage`. `votes` are all votes as cast. `agreement` is laid out as `agreement()` tells. `unlabeled` names the
    sentences, of documents or composed, that came to no label in any task and so are left out of `labeled`.
    """

    labeled: tuple[LabeledSentence, ...]
    votes: tuple[Vote, ...]
    agreement: dict[str, Any]
    unlabeled: tuple[str, ...]


def label(
    sentences: Sequence[Sentence],
    documents: Mapping[str, str],
    settings: LabelingSettings,
    codebook: Codebook,
    root: Path,
    seed: int,
    functions: Sequence[LabelingFunction] = (),
    rows: Sequence[TableRow] = (),
    data_set: str = "",
) -> Labeling:
    """Label `sentences` by the annotation files that `settings` name relative to `root`, and by `functions`.

    `documents` maps the path of each document to its id. `seed` drives the intervals of the agreement. Labelling
    functions vote on sentences of documents only. `rows` are what the data set `data_set` says of `sentences`. Raises
    DataError for a broken or contradictory annotation and for an annotated sentence that is not among `sentences`.
    """
    gold = read_gold(root, settings.gold, codebook) if settings.gold else []
    passes = read_passes(root, settings.passes, codebook) if settings.passes else []
    composed = read_composed(root, settings.composed, codebook)
    matched = match(gold, sentences, documents)
    _refuse_strays(passes, matched, settings.gold)
    _refuse_reuse(composed, sentences)

    votes = [vote for row in (*gold, *passes) for vote in row.votes(matched[row.id], codebook)]
    votes += [vote for row in composed for vote in row.votes(row.id, codebook)]
    votes += row_votes(rows, data_set, codebook) if settings.given else []
    known = {sentence.id for sentence in sentences} | {row.id for row in composed}
    maps = read_version_maps(root, settings.version_maps, codebook)
    votes += read_votes(root, settings.votes, known, codebook, maps)
    votes += cast_votes(functions, sentences, codebook)
    resolutions = resolve(votes, settings.aggregator, codebook.tasks)
    real = with_rows(_of_documents(sentences, codebook, resolutions), {row.sentence: row for row in rows})
    candidates = [*real, *_of_composed(composed, codebook, resolutions)]
    return Labeling(
        labeled=tuple(one for one in candidates if any(one.labels.values())),
        votes=tuple(votes),
        agreement=agreement(votes, codebook, settings, seed),
        unlabeled=tuple(one.id for one in candidates if not any(one.labels.values())),
    )


def _of_documents(sentences: Sequence[Sentence], codebook: Codebook, resolutions: Resolutions) -> list[LabeledSentence]:
    text_at = {(sentence.document, sentence.index): sentence.text for sentence in sentences}
    return [
        LabeledSentence(
            id=sentence.id,
            text=sentence.text,
            labels=_labels(sentence.id, codebook, resolutions),
            document=sentence.document,
            index=sentence.index,
            start=sentence.start,
            end=sentence.end,
            page=sentence.page,
            section=sentence.section,
            context=text_at.get((sentence.document, sentence.index - 1), ""),
            provenance=_provenance(sentence.id, codebook, resolutions),
            confidence=_confidence(sentence.id, codebook, resolutions),
        )
        for sentence in sentences
    ]


def _of_composed(
    annotations: Sequence[Annotation], codebook: Codebook, resolutions: Resolutions
) -> list[LabeledSentence]:
    """Composed sentences; the context is the sentence before in the passage, as the file has them in order."""
    labeled = []
    previous: dict[str, Annotation] = {}
    position: dict[str, int] = {}
    for row in annotations:
        before = previous.get(row.passage) if row.passage else None
        origin = {"register": row.register, "passage": row.passage}
        labeled.append(
            LabeledSentence(
                id=row.id,
                text=row.text,
                labels=_labels(row.id, codebook, resolutions),
                index=position.get(row.passage, 0) if row.passage else 0,
                composed=True,
                context=before.text if before else "",
                provenance={key: value for key, value in origin.items() if value is not None}
                | _provenance(row.id, codebook, resolutions),
                confidence=_confidence(row.id, codebook, resolutions),
            )
        )
        if row.passage:
            previous[row.passage] = row
            position[row.passage] = position.get(row.passage, 0) + 1
    return labeled


def _labels(sentence: str, codebook: Codebook, resolutions: Resolutions) -> dict[str, str | None]:
    nobody = Resolution(None, "no vote")
    return {task: resolutions.get((sentence, task), nobody).label for task in codebook.tasks}


def _provenance(sentence: str, codebook: Codebook, resolutions: Resolutions) -> dict[str, str]:
    """How each task was resolved, with the second label where those who decided the first also agree on a second."""
    nobody = Resolution(None, "no vote")
    provenance: dict[str, str] = {}
    for task in codebook.tasks:
        first = resolutions.get((sentence, task), nobody)
        provenance[task] = first.provenance
        second = resolutions.get((sentence, f"{task}2"), nobody)
        if f"{task}2" not in codebook.tasks and second.label and second.voters == first.voters:
            provenance[f"{task}2"] = second.label
    return provenance


def _confidence(sentence: str, codebook: Codebook, resolutions: Resolutions) -> dict[str, float]:
    """Confidence of the labels that are less than sure."""
    found = {task: resolutions[sentence, task] for task in codebook.tasks if (sentence, task) in resolutions}
    return {task: one.confidence for task, one in found.items() if one.label is not None and one.confidence < 1}


def _refuse_strays(passes: Sequence[Annotation], matched: Mapping[str, str], gold: str) -> None:
    for row in passes:
        if row.id not in matched:
            raise DataError(f"{row.place}: id {row.id!r} is not in {gold}; add its sentence there or remove the line")


def _refuse_reuse(composed: Sequence[Annotation], sentences: Sequence[Sentence]) -> None:
    taken = {sentence.id for sentence in sentences}
    for row in composed:
        if row.id in taken:
            raise DataError(f"{row.place}: duplicate id {row.id!r}, which a document's sentence has; rename it")
