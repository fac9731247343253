"""`stance suggest`: which unlabelled sentences to label next."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotating.assignment import Assignment
from pipeline.artifacts import read_records
from pipeline.codebook import Codebook, Task
from pipeline.errors import BaseModelError, ConfigError, DataError
from pipeline.inference.classifier import Classifier
from pipeline.inference.items import Item, Rejection, Unit
from pipeline.layout import ProjectLayout
from pipeline.records import LabeledSentence, Sentence
from pipeline.reviewing.sheet import Entry, check_output, write_entries
from pipeline.reviewing.suggestions import Suggestion, suggest
from pipeline.reviewing.vectors import ENCODER, TFIDF, Vectors, sentence_vectors

DEFAULT_MODEL = "models/current"
_EPILOG = """\
examples:
  stance suggest --from mine --n 50                        # sentences of the corpus "mine" that have no label yet
  stance suggest --from speeches/ --n 50 --output next.csv # documents; a sheet to fill in
  stance suggest --from mine --task stance --output next.jsonl
  stance annotations export mine --only next.jsonl --format label-studio --output tasks.json

docs/reviewing.md says how sentences are chosen and what that was measured to bring.
"""


@dataclass(frozen=True, slots=True)
class Pool:
    """Unlabelled sentences, and what the labelled ones of the same corpus carry (empty for files)."""

    units: Iterable[Unit]
    labeled: Sequence[LabeledSentence]


def main(argv: Sequence[str]) -> int:
    """Run `stance suggest` with `argv`; errors are left to the caller."""
    arguments = _parser().parse_args(argv)
    if arguments.output:
        check_output(arguments.output)
    if arguments.n < 1:
        raise ConfigError(f"--n is {arguments.n}, it must be at least 1")
    classifier = Classifier.load(arguments.model, tasks=[arguments.task] if arguments.task else None)
    pool = _pool(arguments.source, list(classifier.labels))
    items, tables = _classified(classifier, pool.units)
    if not items:
        raise DataError(f"{arguments.source} holds no sentence without a label; name a corpus or folder with new ones")
    counts = {task: _counts(pool.labeled, task, labels, tables[task]) for task, labels in classifier.labels.items()}

    def embed(rows: Sequence[int]) -> Vectors:
        texts = [items[row].text for row in rows]
        try:
            return sentence_vectors(texts, ENCODER)
        except BaseModelError as error:
            print(f"sentences are compared by TF-IDF, as there is no sentence encoder: {error}", file=sys.stderr)
            return sentence_vectors(texts, TFIDF)

    chosen = suggest(tables, classifier.labels, counts, embed, arguments.n, arguments.seed)
    entries = [_entry(one, items[one.row], classifier) for one in chosen]
    print(f"{len(entries)} of {len(items):,} unlabelled sentences", file=sys.stderr)
    if arguments.output:
        write_entries(arguments.output, entries, _codebook(classifier))
        print(f"{arguments.output} written", file=sys.stderr)
    elif sys.stdout.isatty():
        _print(entries)
    else:
        sys.stdout.writelines(json.dumps(entry.details, ensure_ascii=False) + "\n" for entry in entries)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance suggest",
        description="Choose unlabelled sentences to label next: uncertain ones that differ, and finds of rare labels.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    source = "name of an ingested corpus, or a file or folder as `stance classify --input` takes it"
    add("--from", dest="source", required=True, metavar="CORPUS", help=source)
    add("--n", type=int, default=50, metavar="N", help="how many (default: 50)")
    add("--model", type=Path, default=Path(DEFAULT_MODEL), metavar="FOLDER", help=f"default: {DEFAULT_MODEL}")
    add("--task", default="", metavar="NAME", help="for the sake of this task (default: of all tasks in turn)")
    add("--seed", type=int, default=0, metavar="N", help="another seed chooses others of like use (default: 0)")
    add("--output", type=Path, metavar="FILE", help=".csv: a sheet to fill in and import; .jsonl: for programs")
    return parser


def _pool(source: str, tasks: Sequence[str]) -> Pool:
    folder = ProjectLayout(Path.cwd()).corpus(source)
    if Path(source).name != source or not (folder / "sentences.jsonl").is_file():
        from pipeline.inference.sources import Sources, find_paths

        if not Path(source).exists() and not any(mark in source for mark in "*?["):
            raise DataError(f"{source} is neither an ingested corpus nor a file; run `stance ingest corpus={source}`")
        return Pool(Sources([], find_paths([source])).units(), [])
    sentences = read_records(folder / "sentences.jsonl", Sentence)
    path = folder / "labels.jsonl"
    labeled = [one for one in read_records(path, LabeledSentence) if not one.composed] if path.is_file() else []
    done = {one.id for one in labeled if all(one.labels.get(task) for task in tasks)}
    before = {after.id: one.text for one, after in pairwise(sentences) if one.document == after.document}
    items = [
        Item(one.id, one.text, before.get(one.id, ""), one.document, one.start, one.end, one.page)
        for one in sentences
        if one.id not in done
    ]
    return Pool(items, labeled)


def _classified(classifier: Classifier, units: Iterable[Unit]) -> tuple[list[Item], dict[str, NDArray[np.float64]]]:
    """The sentences, each text once, and their probabilities a task; what cannot be read is told and left out."""
    items: list[Item] = []
    rows: dict[str, list[list[float]]] = {task: [] for task in classifier.labels}
    seen: set[str] = set()

    def fresh() -> Iterable[Unit]:
        for unit in units:
            if isinstance(unit, Item):
                if unit.text in seen:
                    continue
                seen.add(unit.text)
                items.append(unit)
            yield unit

    for group in classifier.stream(fresh()):
        for result in group:
            if isinstance(result, Rejection):
                print(f"left out {result.source}:{result.line or ''} {result.reason}", file=sys.stderr)
                continue
            for task, found in result.tasks.items():
                rows[task].append(list(found.scores.values()))
    return items, {task: np.array(table, dtype=np.float64) for task, table in rows.items()}


def _counts(
    labeled: Sequence[LabeledSentence], task: str, labels: Sequence[str], table: NDArray[np.float64]
) -> list[float]:
    """Labelled sentences a label; where the corpus has none, how many the model expects in the pool."""
    found = [one.labels.get(task) for one in labeled]
    if not any(found):
        return [float(expected) for expected in table.sum(axis=0)]
    return [float(found.count(label)) for label in labels]


def _entry(suggestion: Suggestion, item: Item, classifier: Classifier) -> Entry:
    assignment = Assignment(
        sentence=item.id,
        text=item.text,
        codebook=classifier.codebook,
        context=item.context,
        document=item.document or "",
        page=item.page,
    )
    details: dict[str, Any] = {
        "sentence_id": item.id,
        "document": item.document,
        "task": suggestion.task,
        "kind": suggestion.kind,
        "label": suggestion.label,
        "probability": suggestion.probability,
        "runner_up": suggestion.runner_up,
        "runner_up_probability": suggestion.runner_up_probability,
        "reason": suggestion.reason,
        "text": item.text,
        "context": item.context,
        "model": classifier.model,
    }
    return Entry(assignment, {suggestion.task: suggestion.reason}, details)


def _codebook(classifier: Classifier) -> Codebook:
    """As much of the codebook as a sheet needs: the names of its tasks and labels."""
    name, _, version = classifier.codebook.rpartition("/")
    tasks: Mapping[str, Task] = {
        task: Task(labels=dict.fromkeys(labels, "")) for task, labels in classifier.labels.items()
    }
    return Codebook(name, version, tasks=dict(tasks))


def _print(entries: Sequence[Entry]) -> None:
    from rich.table import Column, Table

    from pipeline.reproduction.console import console

    table = Table(Column("sentence", overflow="fold"), "task", "why", "text", title="to label next")
    for entry in entries:
        details = entry.details
        table.add_row(details["sentence_id"], details["task"], details["reason"], details["text"])
    console().print(table)
