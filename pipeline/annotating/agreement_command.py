"""`stance agreement`: how far the annotators in files of votes agree."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.artifacts import read_records
from pipeline.codebook_file import find_codebook, read_codebook
from pipeline.errors import DataError
from pipeline.labeling.agreement import agreement
from pipeline.records import Vote, VoteKind
from pipeline.reporting.formatting import count, interval, number
from pipeline.settings.labeling import LabelingSettings

_EPILOG = """\
Krippendorff's alpha and Cohen's kappa fall where one label rules, even if annotators hardly differ; Gwet's AC1 stands
beside them for that case. People's and models' votes take part; name others, such as a set of rules, with --annotators.

examples:
  stance agreement data/annotations/people/votes.jsonl
  stance agreement data/processed/five_documents --annotators pass_1,gold
"""


def main(argv: Sequence[str]) -> int:
    """Run `stance agreement` with `argv`; errors are left to the caller."""
    parser = argparse.ArgumentParser(
        prog="stance agreement",
        description="Agreement among annotators, by label, pair, annotator and time.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="files of votes, or folders with votes.jsonl"
    )
    parser.add_argument("--codebook", default="", metavar="NAME", help="default: the one that configs/run.yaml names")
    parser.add_argument("--annotators", default="", metavar="A,B", help="only these, whatever the kind of their votes")
    arguments = parser.parse_args(argv)
    codebook = read_codebook(find_codebook(arguments.codebook, Path.cwd()))
    votes = _read(arguments.paths, codebook.identifier)
    chosen = {name.strip() for name in arguments.annotators.split(",") if name.strip()}
    found = agreement(votes, codebook, LabelingSettings(), 0, chosen or None)["tasks"]
    if not found:
        known = ", ".join(sorted({f"{vote.annotator} ({vote.kind})" for vote in votes}))
        raise DataError(f"no two annotators labelled the same sentence; there are votes of {known or 'nobody'}")
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    for task, result in found.items():
        _print(task, result, console)
    return 0


def _read(paths: Sequence[Path], codebook: str) -> list[Vote]:
    """The votes in `paths`; raises DataError where one does not follow `codebook`: versions cannot be mixed."""
    votes: list[Vote] = []
    for path in paths:
        file = path / "votes.jsonl" if path.is_dir() else path
        if not file.is_file():
            raise DataError(f"{file} is no file of votes; name one, or a folder of data/processed")
        votes += [
            Vote(vote.sentence, vote.task, vote.label, vote.annotator, VoteKind(vote.kind), vote.codebook, vote.time)
            for vote in read_records(file, Vote)
        ]
    other = sorted({vote.codebook for vote in votes} - {codebook})
    if other:
        raise DataError(
            f"votes follow codebook {other[0]}, not {codebook}; name it with --codebook, and compare the votes of one "
            "version at a time"
        )
    return votes


def _print(task: str, result: Mapping[str, Any], console: Console) -> None:
    differ = len(result["disagreements"])
    console.print(f"\n[bold]{escape(task)}[/]: {result['sentences']} sentences, {differ} with different labels")
    table = _table("", "sentences", "agreement", "alpha", "AC1")
    _row(table, "all labels", result["sentences"], result)
    for label, one in result["labels"].items():
        _row(table, label, one["support"], one)
    console.print(table)
    table = _table("pair", "sentences", "agreement", "kappa", "AC1")
    for pair in result["pairs"]:
        table.add_row(escape(" and ".join(pair["annotators"])), str(pair["sentences"]), *_pair(pair))
        for label, one in pair["labels"].items():
            table.add_row(f"  [dim]{escape(label)}[/]", str(one["support"]), *_pair(one))
    console.print(table)
    table = _table("annotator", "sentences", "mean agreement", "mean kappa", "labels given")
    for name, one in result["by_annotator"].items():
        given = ", ".join(f"{label} {n}" for label, n in one["counts"].items() if n)
        table.add_row(escape(name), str(one["sentences"]), _percent(one), number(one["kappa"]), escape(given))
    console.print(table)
    if result["over_time"]:
        table = _table("period", "sentences", "agreement", "alpha")
        for one in result["over_time"]:
            table.add_row(one["period"], str(one["sentences"]), _percent(one), number(one["alpha"]))
        console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for position, name in enumerate(columns):
        number_like = position > 0 and name != "labels given"
        table.add_column(name, justify="right" if number_like else "left", no_wrap=number_like)
    return table


def _row(table: Table, name: str, support: int, one: Mapping[str, Any]) -> None:
    table.add_row(escape(name), count(support), _percent(one), _bounded(one["alpha"]), _bounded(one["ac1"]))


def _bounded(value: Mapping[str, Any]) -> str:
    bounds = interval(value["ci"])
    return number(value["value"]) + (f" ({bounds})" if bounds else "")


def _pair(pair: Mapping[str, Any]) -> tuple[str, str, str]:
    return _percent(pair), number(pair["kappa"]), number(pair["ac1"])


def _percent(one: Mapping[str, Any]) -> str:
    return f"{number(one['percent'], 1)} %"
