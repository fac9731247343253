"""`stance suspects`: the labels of a finished run that are probably wrong, to look at and to review."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.annotating.assignment import Assignment
from pipeline.artifacts import read_records
from pipeline.codebook import Codebook
from pipeline.dataset import read_dataset
from pipeline.errors import ArtifactError, BaseModelError, ConfigError
from pipeline.manifest import MANIFEST, ArtifactFolder
from pipeline.records import LabeledSentence, Prediction
from pipeline.reporting.names import FLOORS
from pipeline.reproduction.restore import settings_from_dict
from pipeline.reviewing.sheet import Entry, check_output, write_entries
from pipeline.reviewing.suspects import Suspect, find_suspects
from pipeline.reviewing.vectors import ENCODER, KINDS, TFIDF, Vectors, sentence_vectors

_EPILOG = """\
examples:
  stance suspects reports/reference
  stance suspects reports/reference --task stance --n 100 --output suspects.jsonl
  stance suspects reports/reference --output review.csv    # fill in the labels that you change or confirm, then
  stance annotations import review.csv --corpus five_documents --annotator me --output votes.jsonl

A suspect is a question, not an answer: no label is changed. docs/reviewing.md explains every number.
"""


def main(argv: Sequence[str]) -> int:
    """Run `stance suspects` with `argv`; errors are left to the caller."""
    arguments = _parser().parse_args(argv)
    if arguments.output:
        check_output(arguments.output)
    if arguments.n < 1:
        raise ConfigError(f"--n is {arguments.n}, it must be at least 1")
    folder = _folder(arguments.run)
    whole = _codebook(folder)
    codebook = _narrowed(whole, arguments.task)
    predictions = read_records(folder / "predictions.jsonl", Prediction)
    labeled, _ = read_dataset(folder / "dataset")
    models = _models(predictions, arguments.model)
    vectors = _vectors([one.text for one in labeled], arguments.neighbours)
    found = find_suspects(labeled, predictions, models, vectors, codebook)
    by_id = {one.id: one for one in labeled}
    shown = {task: suspects[: arguments.n] for task, suspects in found.items()}
    entries = [_entry(one, by_id, whole) for suspects in shown.values() for one in suspects]
    if arguments.output:
        rows = write_entries(arguments.output, entries, whole)
        counts = ", ".join(f"{task} {len(suspects)}" for task, suspects in shown.items())
        print(f"{arguments.output}: {rows} rows ({counts})", file=sys.stderr)
    elif sys.stdout.isatty():
        _print(shown, by_id)
    else:
        sys.stdout.writelines(json.dumps(entry.details, ensure_ascii=False) + "\n" for entry in entries)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance suspects",
        description="Rank the labels of a finished run by how much models and the nearest sentences contradict them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("run", metavar="REPORT", help="folder of a report, or the name of a run in reports/")
    add("--task", default="", metavar="NAME", help="this task only")
    add("--n", type=int, default=30, metavar="N", help="suspects a task (default: 30)")
    add("--model", default="", metavar="NAME", help="out-of-fold probabilities of this model (default: all but floors)")
    add(
        "--neighbours",
        choices=KINDS,
        default=ENCODER,
        help="how sentences are compared: by the sentence encoder (default; TF-IDF where there is none), or as the "
        "report does, by TF-IDF",
    )
    add("--output", type=Path, metavar="FILE", help=".csv: a sheet to fill in and import; .jsonl: for programs")
    return parser


def _folder(name: str) -> Path:
    named = Path("reports") / name
    return named if not Path(name).exists() and named.is_dir() else Path(name)


def _codebook(folder: Path) -> Codebook:
    """The codebook of the run behind the report in `folder`; raises ArtifactError where it is no report."""
    if not (folder / MANIFEST).is_file():
        raise ArtifactError(f"{folder} holds no {MANIFEST}; name the folder of a report, such as reports/reference")
    run = ArtifactFolder(folder).entries().get("report", {}).get("run")
    if not isinstance(run, dict):
        raise ArtifactError(f"{folder / MANIFEST} has no finished report stage; run `stance report`")
    return settings_from_dict(run).codebook


def _narrowed(codebook: Codebook, task: str) -> Codebook:
    if not task:
        return codebook
    codebook.labels(task)  # raises for an unknown task
    return Codebook(codebook.name, codebook.version, tasks={task: codebook.tasks[task]})


def _models(predictions: Sequence[Prediction], wanted: str) -> list[str]:
    known = list(dict.fromkeys(one.model for one in predictions))
    if wanted and wanted not in known:
        raise ConfigError(f"unknown model {wanted!r}; the run has {', '.join(known)}")
    return [wanted] if wanted else [model for model in known if model not in FLOORS] or known


def _vectors(texts: Sequence[str], kind: str) -> Vectors:
    try:
        return sentence_vectors(texts, kind)
    except BaseModelError as error:
        print(f"neighbours by TF-IDF, as there is no sentence encoder: {error}", file=sys.stderr)
        return sentence_vectors(texts, TFIDF)


def _entry(suspect: Suspect, by_id: Mapping[str, LabeledSentence], codebook: Codebook) -> Entry:
    sentence = by_id[suspect.sentence]
    reason = suspect.reason()
    assignment = Assignment(
        sentence=sentence.id,
        text=sentence.text,
        codebook=codebook.identifier,
        context=sentence.context,
        document=sentence.document or "",
        page=sentence.page,
        section=sentence.section or "",
        votes=f"labels so far: {', '.join(f'{task} {label}' for task, label in sentence.labels.items() if label)}",
    )
    details = {"sentence_id": sentence.id, **asdict(suspect), "text": sentence.text, "context": sentence.context}
    details["document"] = sentence.document
    del details["sentence"]
    return Entry(assignment, {suspect.task: reason}, details)


def _print(shown: Mapping[str, Sequence[Suspect]], by_id: Mapping[str, LabeledSentence]) -> None:
    from rich.table import Column, Table

    from pipeline.reproduction.console import console

    for task, suspects in shown.items():
        first = Column("sentence", overflow="fold")
        table = Table(first, "label", "rather", "P(label)", "neighbours", "text", title=f"{task}: suspect labels")
        for one in suspects:
            flag = "*" if one.issue else ""
            numbers = (f"{one.probability:.2f}{flag}", f"{one.neighbourhood:.2f}")
            table.add_row(one.sentence, one.given, one.suggested, *numbers, by_id[one.sentence].text)
        console().print(table)
    console().print("P(label): out-of-fold probability, * a label error by confident learning. See docs/reviewing.md.")
