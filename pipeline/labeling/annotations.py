"""Annotations as they lie in JSON Lines files, read strictly: every fault names its file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.records import Vote, VoteKind

GOLD = "gold"
"""Annotator of the published, resolved labels."""
COMPOSED = "composed"
"""Annotator of the sentences written for training."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One row of an annotation file.

    `labels` holds the codebook's tasks that the row carries (None: the annotator abstained); `seconds` the second
    labels, keyed `<task>2` as the codebook's page has it (`frame2`). `place` is `file:line`. `text` has its white space
    folded and is empty where the row refers to another file's sentence by id.
    """

    id: str
    place: str
    annotator: str
    kind: VoteKind
    labels: dict[str, str | None]
    seconds: dict[str, str]
    text: str = ""
    source: str = ""
    passage: str | None = None
    register: str | None = None

    def votes(self, sentence: str, codebook: Codebook) -> list[Vote]:
        """This row's votes on `sentence`; second labels vote under the name `<task>2`, which is no codebook task."""
        cast = {**self.labels, **self.seconds}
        return [
            Vote(sentence, task, label, self.annotator, self.kind, codebook.identifier) for task, label in cast.items()
        ]


def fold(text: str) -> str:
    """`text` with every run of white space made one space and none at its ends."""
    return " ".join(text.split())


def read_gold(root: Path, name: str, codebook: Codebook) -> list[Annotation]:
    """Resolved labels with `id`, `source` (a document's file name) and `text`; raises DataError."""
    rows = [
        Annotation(
            text_of(row, "id", place),
            place,
            GOLD,
            VoteKind.RESOLVED,
            *_labels(row, place, codebook),
            text=fold(text_of(row, "text", place)),
            source=text_of(row, "source", place),
        )
        for place, row in rows_of(root, name)
    ]
    _refuse_duplicates(rows)
    return rows


def read_passes(root: Path, name: str, codebook: Codebook) -> list[Annotation]:
    """A model's labels with `id` (of a gold row) and `annotator`; raises DataError."""
    rows = [
        Annotation(
            text_of(row, "id", place),
            place,
            text_of(row, "annotator", place),
            VoteKind.MODEL,
            *_labels(row, place, codebook),
        )
        for place, row in rows_of(root, name)
    ]
    for row in rows:
        if row.annotator in (GOLD, COMPOSED):
            raise DataError(f"{row.place}: annotator {row.annotator!r} is reserved; name the pass otherwise")
    _refuse_duplicates(rows)
    return rows


def read_composed(root: Path, names: Sequence[str], codebook: Codebook) -> list[Annotation]:
    """Sentences written for training: `id`, `text`, and `passage` and `register` unless null; raises DataError."""
    rows = [
        Annotation(
            text_of(row, "id", place),
            place,
            COMPOSED,
            VoteKind.COMPOSED,
            *_labels(row, place, codebook),
            text=fold(text_of(row, "text", place)),
            passage=text_of(row, "passage", place) if row.get("passage") is not None else None,
            register=text_of(row, "register", place) if row.get("register") is not None else None,
        )
        for name in names
        for place, row in rows_of(root, name)
    ]
    _refuse_duplicates(rows)
    return rows


def rows_of(root: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """`file:line` and object of every line of a JSON Lines file that is not blank; raises DataError."""
    try:
        data = (root / name).read_bytes()
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror}); set its path under labeling") from error
    # Split at line feeds only: U+2028 and its like may stand inside a JSON string.
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        place = f"{name}:{number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise DataError(f"{place}: byte {error.start} of the line is not UTF-8; save the file as UTF-8") from error
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            raise DataError(f"{place}: broken JSON ({reason}); each line must hold one JSON object") from error
        if not isinstance(row, dict):
            raise DataError(f"{place}: holds {type(row).__name__} {line[:40]!r}; each line must hold one JSON object")
        yield place, row


def text_of(row: dict[str, Any], key: str, place: str) -> str:
    """The text under `key`; raises DataError where there is none, or an empty one."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{place}: {key!r} is {value!r}; it must be a text that is not empty")
    return value


def _labels(row: dict[str, Any], place: str, codebook: Codebook) -> tuple[dict[str, str | None], dict[str, str]]:
    """First and second labels of the codebook's tasks; a task that the row lacks is left out."""
    labels = {task: _label(row, task, task, place, codebook) for task in codebook.tasks if task in row}
    seconds: dict[str, str] = {}
    for task in codebook.tasks:
        key = f"{task}2"
        if key not in codebook.tasks:
            second = _label(row, key, task, place, codebook)
            if second is not None:
                seconds[key] = second
    return labels, seconds


def _label(row: dict[str, Any], key: str, task: str, place: str, codebook: Codebook) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    names = codebook.labels(task)
    if value not in names:
        raise DataError(
            f"{place}: unknown {key} label {value!r}; codebook {codebook.identifier} has {', '.join(names)}"
        )
    return str(value)


def _refuse_duplicates(rows: list[Annotation]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        earlier = seen.setdefault((row.id, row.annotator), row.place)
        if earlier != row.place:
            raise DataError(f"{row.place}: duplicate id {row.id!r} of {row.annotator}, first at {earlier}; remove one")
