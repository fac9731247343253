"""`stance reproduce REPORT`: run the experiment behind a report again and compare number by number."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from pipeline.artifacts import sha256_json, write_json
from pipeline.environment import describe
from pipeline.errors import ArtifactError
from pipeline.reproduction.console import console
from pipeline.reproduction.environments import differences, summary
from pipeline.reproduction.numbers import Verdict
from pipeline.reproduction.outcome import Reproduction, judge
from pipeline.reproduction.recorded import RecordedRun
from pipeline.reproduction.rerun import Scope, rerun
from pipeline.reproduction.tables import show
from pipeline.reproduction.tolerance import statement

MARK = ".stance-reproduction"
EPILOG = """\
Exit status: 0 everything held, 1 something did not, 2 it could not be run.

A part is quick and still compares exact predictions, for example:
  stance reproduce reports/reference --only tfidf --fold 0
"""


def main(argv: list[str]) -> int:
    """Run the command; errors that the user can mend are left to the caller."""
    arguments = _parser().parse_args(argv)
    root = Path.cwd()
    if arguments.json is not None and not arguments.json.parent.is_dir():
        raise ArtifactError(f"--json {arguments.json}: there is no folder {arguments.json.parent}; make it first")
    scope = Scope(
        models=tuple(arguments.only),
        tasks=tuple(arguments.task),
        repetitions=tuple(arguments.seed),
        folds=tuple(arguments.fold),
    )
    recorded = RecordedRun.read(arguments.report)
    scope.check(recorded.settings)
    recorded.check_sources(root)
    for name in recorded.altered:
        print(f"warning: {arguments.report / name} was altered since it was written", file=sys.stderr)
    here = describe(root)
    started = time.perf_counter()
    with nullcontext(arguments.into) if arguments.into else tempfile.TemporaryDirectory(prefix="stance-") as place:
        folder = Path(place).resolve()
        _claim_place(folder, recorded.sources)
        obtained = rerun(recorded, scope, root, folder)
    result = judge(recorded, obtained, scope, tuple(differences(recorded.environment, here)))
    sentence = paper_line(result, scope, summary(here), datetime.now(UTC))
    show(result)
    console().print(f"\nFor a paper: {sentence}", soft_wrap=True)
    print(f"took {time.perf_counter() - started:.0f} s", file=sys.stderr)
    if arguments.json is not None:
        write_json(arguments.json, {**result.as_json(), "environment": here, "sentence": sentence})
    return 0 if result.holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance reproduce",
        description="Run the experiment behind a report again, in a place of its own, and compare number by number.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("report", type=Path, help="folder of the report, such as reports/reference")
    parser.add_argument("--only", nargs="+", action="extend", default=[], metavar="MODEL", help="only these models")
    parser.add_argument("--task", nargs="+", action="extend", default=[], help="compare only these tasks")
    parser.add_argument("--fold", nargs="+", action="extend", default=[], type=int, help="only these folds, from 0")
    parser.add_argument(
        "--seed",
        "--repetition",
        nargs="+",
        action="extend",
        default=[],
        type=int,
        help="only these repetitions, from 0; each has a seed of its own",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was compared to FILE")
    parser.add_argument(
        "--into",
        type=Path,
        metavar="DIR",
        help="keep the new run in DIR; the same call goes on there where it was interrupted",
    )
    return parser


def _claim_place(folder: Path, sources: Mapping[str, str]) -> None:
    """Mark `folder` as the place where the run on `sources` is done again; one with anything else in it is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    mark, digest = folder / MARK, sha256_json(sources)
    if mark.exists():
        if mark.read_text() != digest:
            raise ArtifactError(f"--into {folder} is of a run on other sources; name a folder that is not there yet")
        return
    if any(folder.iterdir()):
        raise ArtifactError(f"--into {folder} holds other files; name a folder that is empty or not there yet")
    mark.write_text(digest)


def paper_line(result: Reproduction, scope: Scope, environment: str, when: datetime) -> str:
    """One sentence that a paper can print."""
    part = [
        *(["models " + ", ".join(scope.models)] if scope.models else []),
        *(["tasks " + ", ".join(scope.tasks)] if scope.tasks else []),
        *(["repetitions " + ", ".join(map(str, scope.repetitions))] if scope.repetitions else []),
        *(["folds " + ", ".join(map(str, scope.folds))] if scope.folds else []),
    ]
    subject = f"the report of run {result.run!r}" + (f" ({'; '.join(part)})" if part else "")
    judged = [number for number in result.numbers if number.verdict != Verdict.UNJUDGED]
    if not result.holds:
        failed = sum(number.verdict == Verdict.DIFFERS for number in judged)
        outcome = (
            f"was not reproduced: {failed} of {len(judged)} judged numbers differ and {len(result.failures)} checks "
            "failed in all"
        )
    elif result.identical:
        outcome = f"was reproduced with identical predictions and all {len(judged)} numbers equal"
    else:
        outcome = (
            f"was reproduced with all {len(judged)} judged numbers within tolerance of the reported ones "
            f"({statement(result.repetitions)})"
        )
    kind = "on the same kind of machine" if not result.environment else "on another kind of machine or other versions"
    return f"On {when:%Y-%m-%d}, {subject} {outcome}, {kind} ({environment})."
