"""`stance classify`: texts, standard input, documents and tables in; a table, JSON Lines, CSV or Parquet out."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, DataError, StanceError
from pipeline.inference.backends import AUTO, ENGINES, ONNXRUNTIME, PRECISIONS
from pipeline.inference.classifier import BATCH_SIZE, Classifier
from pipeline.inference.results import Results
from pipeline.inference.rows import TableColumns
from pipeline.inference.sources import STDIN, Sources, find_paths

if TYPE_CHECKING:
    from pipeline.inference.output_paths import Checkpoint

DEFAULT_MODEL = "models/current"
RAY = "ray"
BAD_INPUT, REJECTED, INTERRUPTED = 2, 3, 130
_EPILOG = """\
exit codes: 0 all classified, 2 bad input (nothing more was done), 3 some lines were rejected (put aside with number and
reason in NAME.rejected.jsonl, the rest classified), 130 interrupted

examples:
  stance classify "We firmly oppose interference in internal affairs."
  stance classify - < sentences.txt > classified.jsonl
  stance classify --input speeches/ --output speeches.csv
  stance classify --input corpus.parquet --text-column body --split --output classified.parquet --resume
  stance classify --input shards/ --engine ray --output classified.parquet

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
    add("--target", default="", metavar="TEXT", help="what the stance is towards, for a model of several targets")
    add("--target-column", default="", metavar="NAME", help="column of a table that holds each row's target")
    add(
        "--context-column",
        default="",
        metavar="NAME",
        help="column of a table that holds what stands before each row's text, for a model that reads context",
    )
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
        "--engine",
        choices=(AUTO, *ENGINES, RAY),
        default=AUTO,
        help="what computes the transformer (default: the one that is fastest on this machine); ray spreads files over"
        " the workers of a cluster (docs/distributed.md)",
    )
    add("--ray-address", metavar="ADDRESS", help="cluster to join (default: workers on this machine)")
    add(
        "--precision",
        choices=(AUTO, *PRECISIONS),
        default=AUTO,
        help="form of the transformer (default: the one that is fastest on this machine)",
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
    if arguments.ray_address and arguments.engine != RAY:
        raise ConfigError("--ray-address needs --engine ray")
    if arguments.engine == RAY and (arguments.texts or not arguments.output):
        raise ConfigError("--engine ray needs --input with files and --output with the name of the folder to make")
    if arguments.resume and not arguments.output:
        raise ConfigError("--resume needs the --output that it shall go on with")
    sources = Sources(
        arguments.texts,
        find_paths(arguments.input),
        TableColumns(arguments.text_column, arguments.target_column, arguments.context_column),
        arguments.split,
        arguments.target,
    )
    if arguments.output:
        return _to_file(arguments, sources)
    classifier = _load(arguments, arguments.engine, arguments.precision, measure=False)
    results = Results(classifier, arguments.explain, arguments.batch_size)
    if sys.stdout.isatty():
        return _to_terminal(results, sources)
    return _to_pipe(results, sources)


def _load(arguments: argparse.Namespace, engine: str, precision: str, measure: bool) -> Classifier:
    classifier = Classifier.load(
        arguments.model,
        tasks=arguments.tasks,
        abstain_below=arguments.abstain_below,
        engine=engine,
        precision=precision,
        measure=measure,
    )
    about = arguments.target or arguments.target_column
    if classifier.targets and not about:
        raise ConfigError(
            f"{arguments.model} knows stances towards {', '.join(classifier.targets)}; name one with --target, or their"
            " column with --target-column"
        )
    if about and not classifier.targets:
        raise ConfigError(f"{arguments.model} has one target, as its codebook tells; leave out --target")
    if arguments.context_column and not classifier.reads_context:
        raise ConfigError(f"{arguments.model} reads each sentence alone; leave out --context-column")
    return classifier


def _to_terminal(results: Results, sources: Sources) -> int:
    from pipeline.inference.rejected_lines import RejectedLines
    from pipeline.inference.table import print_table

    with RejectedLines(sources) as rejected:
        for group in results.stream(sources.units()):
            records = rejected.put_aside(group)
            if records:
                rows = [(record, results.explanation(unit, record)) for unit, record in records]
                print_table(rows, results.classifier.labels)
        return REJECTED if rejected.any else 0


def _to_pipe(results: Results, sources: Sources) -> int:
    from pipeline.inference.formats import json_line
    from pipeline.inference.rejected_lines import RejectedLines

    with RejectedLines(sources) as rejected:
        for group in results.stream(sources.units()):
            records = rejected.put_aside(group)
            sys.stdout.writelines(json_line(results.as_dict(unit, record)) for unit, record in records)
            sys.stdout.flush()
        return REJECTED if rejected.any else 0


def _to_file(arguments: argparse.Namespace, sources: Sources) -> int:
    from pipeline.inference.output_paths import OutputPaths

    paths = OutputPaths(arguments.output)
    begun = paths.read_checkpoint()
    if arguments.resume and begun is None and paths.target.exists():
        print(f"{paths.target} is complete", file=sys.stderr)
        return REJECTED if paths.rejected.exists() else 0
    classifier = _load(arguments, *_backend(arguments, begun), measure=True)
    results = Results(classifier, arguments.explain, arguments.batch_size)
    if arguments.engine == RAY:
        from pipeline.inference.distributed import classify_shards

        done = classify_shards(
            results,
            sources,
            paths,
            resume=arguments.resume,
            abstain_below=arguments.abstain_below,
            address=arguments.ray_address,
        )
    else:
        from pipeline.inference.bulk import classify_into

        done = classify_into(results, sources, paths, arguments.resume)
    aside = f", {done.rejected:,} rejected ({paths.rejected})" if done.rejected else ""
    print(f"{paths.target}: {done.sentences:,} sentences{aside}", file=sys.stderr)
    return REJECTED if done.rejected else 0


def _backend(arguments: argparse.Namespace, begun: Checkpoint | None) -> tuple[str, str]:
    """Engine and precision: those asked for; where that is left open, those that an interrupted run began with.

    Workers of a cluster differ, and their answers must not: there, the engine is the one that every installation has.
    """
    engine = ONNXRUNTIME if arguments.engine == RAY else arguments.engine
    if begun is None or not arguments.resume:
        return engine, arguments.precision
    return (
        begun.engine or engine if engine == AUTO else engine,
        begun.precision or AUTO if arguments.precision == AUTO else arguments.precision,
    )
