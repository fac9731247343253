"""`stance classify`: texts, standard input, documents and tables in; a table, JSON Lines, CSV or Parquet out."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, DataError, StanceError
from pipeline.inference.classifier import BATCH_SIZE, Classifier
from pipeline.inference.items import Item, Rejection, Unit
from pipeline.inference.record import ClassifiedSentence
from pipeline.inference.sources import STDIN, Sources, find_paths

DEFAULT_MODEL = "models/current"
Answer = tuple[Unit, ClassifiedSentence | Rejection]
"""What was asked, and what came of it."""
_TOLD = 20
"""Rejections of a bulk run that are told one by one; the rest is only in its file and in the count."""
BAD_INPUT, REJECTED, INTERRUPTED = 2, 3, 130
_EPILOG = """\
exit codes: 0 all classified, 2 bad input (nothing more was done), 3 some lines were rejected (put aside with number and
reason in NAME.rejected.jsonl, the rest classified), 130 interrupted

examples:
  stance classify "We firmly oppose interference in internal affairs."
  stance classify - < sentences.txt > classified.jsonl
  stance classify --input speeches/ --output speeches.csv
  stance classify --input corpus.parquet --text-column body --split --output classified.parquet --resume

Each field of the output is described in docs/predictions.md.
"""


def main(argv: list[str]) -> int:
    """Run `stance classify` with the arguments `argv`; return the exit code, after one line on standard error for 2."""
    arguments = _parser().parse_args(argv)
    try:
        return _classify(arguments)
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever reads us has had enough; the interpreter must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        hint = f"; go on with --resume --output {arguments.output}" if arguments.output else ""
        print(f"interrupted{hint}", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance classify",
        description="Label sentences with a trained model.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("texts", nargs="*", metavar="TEXT", help="a sentence; - reads standard input, a sentence a line")
    add(
        "--input",
        nargs="+",
        action="extend",
        default=[],
        metavar="PATH",
        help="files, folders or globs: documents "
        "(txt, html, pdf) are split into sentences, tables (jsonl, csv, tsv, parquet) taken a row at a time",
    )
    add("--text-column", default="text", metavar="NAME", help="column of a table that holds the text (default: text)")
    add("--split", action="store_true", help="split the rows of tables into sentences too")
    add("--output", type=Path, metavar="FILE", help="write to FILE: .jsonl, .csv or .parquet")
    add("--resume", action="store_true", help="go on with an interrupted --output")
    add("--model", type=Path, default=Path(DEFAULT_MODEL), metavar="FOLDER", help=f"default: {DEFAULT_MODEL}")
    add("--tasks", type=_names, metavar="A,B", help="answer these tasks only")
    add(
        "--abstain-below",
        type=float,
        metavar="P",
        help="abstain where the probability is lower than P (0 to 1), instead of the thresholds stored with the model",
    )
    add("--explain", action="store_true", help="tell which words carried each decision")
    add("--batch-size", type=int, default=BATCH_SIZE, metavar="N", help=f"sentences a batch (default: {BATCH_SIZE})")
    add(
        "--precision",
        choices=("auto", "int8", "fp32"),
        default="auto",
        help="form of the transformer (default: the one that is faster on this machine)",
    )
    return parser


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _classify(arguments: argparse.Namespace) -> int:
    if not arguments.texts and not arguments.input:
        raise DataError("nothing to classify; give a text, - for standard input, or --input")
    if arguments.texts.count(STDIN) > 1:
        raise DataError("standard input can be read only once; give - only once")
    if arguments.batch_size < 1:
        raise ConfigError(f"--batch-size is {arguments.batch_size}, it must be at least 1")
    if arguments.resume and not arguments.output:
        raise ConfigError("--resume needs the --output that it shall go on with")
    sources = Sources(arguments.texts, find_paths(arguments.input), arguments.text_column, arguments.split)
    if arguments.output:
        return _to_file(arguments, sources)
    classifier = _load(arguments, arguments.precision, measure=False)
    results = _Results(classifier, arguments.explain, arguments.batch_size)
    if sys.stdout.isatty():
        return _to_terminal(results, sources)
    return _to_pipe(results, sources)


def _load(arguments: argparse.Namespace, precision: str, measure: bool) -> Classifier:
    return Classifier.load(
        arguments.model,
        tasks=arguments.tasks,
        abstain_below=arguments.abstain_below,
        precision=precision,
        measure=measure,
    )


class _Results:
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


def _to_terminal(results: _Results, sources: Sources) -> int:
    from pipeline.inference.table import print_table

    with _Aside(sources) as aside:
        for group in results.stream(sources.units()):
            records = aside.keep(group)
            if records:
                rows = [(record, results.explanation(unit, record)) for unit, record in records]
                print_table(rows, results.classifier.labels)
        return aside.code


def _to_pipe(results: _Results, sources: Sources) -> int:
    from pipeline.inference.formats import json_line

    with _Aside(sources) as aside:
        for group in results.stream(sources.units()):
            sys.stdout.writelines(json_line(results.as_dict(unit, record)) for unit, record in aside.keep(group))
            sys.stdout.flush()
        return aside.code


class _Aside:
    """Puts rejected lines aside in the working directory, in a file that exists only if there are some."""

    def __init__(self, sources: Sources) -> None:
        from pipeline.inference.bulk import rejected_path

        first = sources.paths[0].stem if sources.paths and STDIN not in sources.texts else "stdin"
        self.path = rejected_path(Path(first))
        self.code = 0
        self._stream: Any = None

    def __enter__(self) -> _Aside:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def keep(self, group: Sequence[Answer]) -> list[tuple[Unit, ClassifiedSentence]]:
        """The classified sentences of `group`; its rejections are written and reported."""
        for _, result in group:
            if isinstance(result, Rejection):
                self._reject(result)
        return [(unit, result) for unit, result in group if isinstance(result, ClassifiedSentence)]

    def _reject(self, rejection: Rejection) -> None:
        from pipeline.inference.formats import json_line

        if self._stream is None:
            try:
                self._stream = self.path.open("w", encoding="utf-8")
            except OSError as error:
                raise DataError(f"{self.path}: {error.strerror}; run where rejected lines can be put aside") from error
        self._stream.write(json_line(asdict(rejection)))
        self._stream.flush()
        self.code = REJECTED
        _report(rejection, self.path)


def _report(rejection: Rejection, path: Path) -> None:
    place = rejection.source if rejection.line is None else f"{rejection.source}:{rejection.line}"
    print(f"rejected {place}: {rejection.reason} (kept in {path})", file=sys.stderr)


def _to_file(arguments: argparse.Namespace, sources: Sources) -> int:
    from pipeline.inference.bulk import BulkOutput, OutputPaths
    from pipeline.inference.bulk_progress import counting

    paths = OutputPaths(arguments.output)
    begun = paths.read_checkpoint()
    if arguments.resume and begun is None and paths.target.exists():
        print(f"{paths.target} is complete", file=sys.stderr)
        return REJECTED if paths.rejected.exists() else 0
    same_as_then = begun.precision if begun and arguments.resume and arguments.precision == "auto" else None
    classifier = _load(arguments, same_as_then or arguments.precision, measure=True)
    results = _Results(classifier, arguments.explain, arguments.batch_size)
    thresholds = {task: known.abstain_below for task, known in classifier.reliability.items()}
    job = [sources.fingerprint(), classifier.model, list(classifier.labels), thresholds]
    output = BulkOutput(paths, job, classifier.precision, classifier.labels, arguments.explain)
    told = 0
    with output.opened(arguments.resume):
        if not output.state.read_all:
            rest = islice(sources.units(), output.state.done, None)
            with counting(sources.count(), output.state.done) as advance:
                for group in results.stream(rest):
                    output.append(
                        [
                            result if isinstance(result, Rejection) else results.as_dict(unit, result)
                            for unit, result in group
                        ]
                    )
                    for _, result in group:
                        if isinstance(result, Rejection) and (told := told + 1) <= _TOLD:
                            _report(result, paths.rejected)
                    advance(len(group))
    done, rejected = output.state.done, output.state.rejected
    aside = f", {rejected:,} rejected ({paths.rejected})" if rejected else ""
    print(f"{paths.target}: {done - rejected:,} sentences{aside}", file=sys.stderr)
    return REJECTED if rejected else 0
