"""Which sentences go out, and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.annotating.assignment import Assignment, Proposal
from pipeline.artifacts import read_records
from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.labeling.annotations import rows_of
from pipeline.layout import ProjectLayout
from pipeline.records import Sentence

CONTEXT = 2
"""Sentences shown before the one to be labelled."""


def read_corpus(name: str, root: Path) -> list[Sentence]:
    """The ingested sentences of corpus `name`; raises DataError where there are none."""
    path = ProjectLayout(root).corpus(name) / "sentences.jsonl"
    if not path.is_file():
        raise DataError(f"corpus {name!r} is not ingested; run `stance ingest corpus={name}` first")
    return read_records(path, Sentence)


def read_ids(path: Path) -> list[str]:
    """Sentence ids in the JSON Lines file `path` (`sentence_id`, `sentence` or `id`), in order and once each."""
    ids = []
    for place, row in rows_of(Path(), path.as_posix()):
        found = next((row[key] for key in ("sentence_id", "sentence", "id") if key in row), None)
        if not isinstance(found, str):
            raise DataError(f"{place}: names no sentence; each line needs sentence_id, sentence or id")
        ids.append(found)
    return list(dict.fromkeys(ids))


def assign(
    sentences: Sequence[Sentence],
    codebook: Codebook,
    only: Sequence[str] | None = None,
    proposals: Mapping[str, Mapping[str, Proposal]] | None = None,
    votes: Mapping[str, str] | None = None,
) -> list[Assignment]:
    """An assignment for each of `sentences`, or for those that `only` names, in its order.

    `proposals` maps sentences to the pre-label of each task, `votes` sentences to the votes to adjudicate. Raises
    DataError where `only` names a sentence that is not there.
    """
    by_id = {sentence.id: sentence for sentence in sentences}
    texts = {(sentence.document, sentence.index): sentence.text for sentence in sentences}
    unknown = [one for one in only or () if one not in by_id]
    if unknown:
        raise DataError(f"sentence {unknown[0]!r} is not in this corpus ({len(unknown)} in all); name the right corpus")
    return [
        _assignment(by_id[one], texts, codebook, (proposals or {}).get(one, {}), (votes or {}).get(one, ""))
        for one in (by_id if only is None else only)
    ]


def _assignment(
    sentence: Sentence,
    texts: Mapping[tuple[str, int], str],
    codebook: Codebook,
    proposals: Mapping[str, Proposal],
    votes: str,
) -> Assignment:
    before = [texts.get((sentence.document, sentence.index - back), "") for back in range(CONTEXT, 0, -1)]
    fields: dict[str, Any] = {"page": sentence.page, "section": sentence.section or "", "document": sentence.document}
    return Assignment(
        sentence=sentence.id,
        text=sentence.text,
        codebook=codebook.identifier,
        context=" ".join(text for text in before if text),
        proposals=proposals,
        votes=votes,
        **fields,
    )
