"""Which ingested sentence an annotation is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath

from pipeline.errors import DataError
from pipeline.labeling.annotations import Annotation, fold
from pipeline.records import Sentence


def match(
    annotations: Sequence[Annotation], sentences: Sequence[Sentence], documents: Mapping[str, str]
) -> dict[str, str]:
    """Map each annotation's id to the id of the sentence with its text, white space folded, in its document.

    `documents` maps the path of each document to its id; an annotation's `source` is such a path or its file name. A
    text that a document holds more than once is matched in order: to its first unused place behind the previous match.
    Raises DataError naming a document or sentence that ingest did not produce.
    """
    places: dict[tuple[str, str], list[Sentence]] = defaultdict(list)
    for sentence in sorted(sentences, key=lambda sentence: sentence.index):
        places[sentence.document, fold(sentence.text)].append(sentence)

    ids = _documents_by_source(documents)
    matched: dict[str, str] = {}
    missing: list[tuple[Annotation, str]] = []
    position: dict[str, int] = defaultdict(lambda: -1)
    for annotation in annotations:
        document = _document(annotation, ids)
        free = places[document, annotation.text]
        if not free:
            missing.append((annotation, document))
            continue
        behind = (place for place, sentence in enumerate(free) if sentence.index > position[document])
        sentence = free.pop(next(behind, 0))
        position[document] = sentence.index
        matched[annotation.id] = sentence.id
    if missing:
        raise _not_ingested(missing, sentences)
    return matched


def _documents_by_source(documents: Mapping[str, str]) -> dict[str, set[str]]:
    """Document ids by path and by file name; a file name that several folders hold has several."""
    ids: dict[str, set[str]] = defaultdict(set)
    for path, document in documents.items():
        ids[path].add(document)
        ids[PurePosixPath(path.replace("\\", "/")).name].add(document)
    return ids


def _document(annotation: Annotation, ids: Mapping[str, set[str]]) -> str:
    found = sorted(ids.get(annotation.source, ()))
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            f"{annotation.place}: source {annotation.source!r} fits the documents {', '.join(found)}; give its path"
        )
    raise DataError(
        f"{annotation.place}: sentence {annotation.id!r} is from {annotation.source!r}, which ingest did not produce;"
        " add the document to the corpus or choose other annotations"
    )


def _not_ingested(missing: Sequence[tuple[Annotation, str]], sentences: Sequence[Sentence]) -> DataError:
    annotation, document = missing[0]
    candidates = [fold(sentence.text) for sentence in sentences if sentence.document == document]
    close = get_close_matches(annotation.text, candidates, n=1)
    closest = f"; closest is {close[0]!r}" if close else ""
    others = ", ".join(other.id for other, _ in missing[1:6]) + (", …" if len(missing) > 6 else "")
    more = f"; {len(missing) - 1} more: {others}" if others else ""
    return DataError(
        f"{annotation.place}: ingest did not produce sentence {annotation.id!r} {annotation.text!r} in document"
        f" {document!r}{closest}{more}; mend the document's settings under corpus"
    )
