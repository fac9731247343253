"""`stance annotations`: sentences to Label Studio, doccano or CSV, and people's answers back as votes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.annotating.answers import read_answers
from pipeline.annotating.assignment import Assignment, Rejected
from pipeline.annotating.disagreement import disagreements
from pipeline.annotating.formats import doccano, label_studio, table
from pipeline.annotating.formats.label_studio_config import labeling_config
from pipeline.annotating.prelabels import read_prelabels
from pipeline.annotating.selection import assign, read_corpus, read_ids
from pipeline.annotating.votes import Ballot
from pipeline.artifacts import read_records, write_atomically, write_records
from pipeline.codebook import Codebook
from pipeline.codebook_file import find_codebook, read_codebook
from pipeline.errors import ConfigError, DataError
from pipeline.labeling.votes import read_votes
from pipeline.records import Sentence

FORMATS = {"label-studio": ".json", "doccano": ".jsonl", "csv": ".csv"}
REJECTED = 3
"""Exit code where some entries gave no vote."""
_EPILOG = """\
exit codes: 0 done, 2 bad input (nothing was written), 3 some entries gave no vote (put aside with their reason in
NAME.rejected.jsonl, the rest imported)

examples:
  stance annotations export five_documents --format label-studio --output tasks.json
  stance annotations export mine --codebook mine --format csv --output sheet.csv --only suggested.jsonl
  stance annotations import export.json --corpus five_documents --output data/annotations/people/votes.jsonl
  stance annotations export five_documents --format csv --output adjudicate.csv --disagreements votes.jsonl

docs/annotating.md goes through all of it.
"""


def main(argv: Sequence[str]) -> int:
    """Run `stance annotations` with `argv`; errors are left to the caller."""
    arguments = _parser().parse_args(argv)
    root = Path.cwd()
    codebook = read_codebook(find_codebook(arguments.codebook, root))
    sentences = read_corpus(arguments.corpus, root)
    action = _export if arguments.action == "export" else _import
    return action(arguments, sentences, codebook)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance annotations",
        description="Sentences to annotation tools, and answers back as votes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", help="write sentences for an annotation tool")
    export.add_argument("corpus", help="name of an ingested corpus")
    export.add_argument("--format", choices=FORMATS, required=True)
    export.add_argument("--output", type=Path, required=True, metavar="FILE")
    export.add_argument("--only", type=Path, metavar="FILE", help="JSON Lines with the ids of the sentences, in order")
    export.add_argument("--prelabels", type=Path, metavar="FILE", help="labels to propose: of a model, of rules, …")
    export.add_argument("--disagreements", nargs="+", default=[], metavar="VOTES", help="adjudicate what differs there")
    imported = actions.add_parser("import", help="read what people answered")
    imported.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".json, .jsonl, .csv or .tsv")
    imported.add_argument("--corpus", required=True, help="name of the corpus that was exported")
    imported.add_argument("--output", type=Path, required=True, metavar="VOTES", help="file of votes to add to")
    imported.add_argument("--annotator", default="", metavar="NAME", help="who answered, where a file does not tell")
    for one in (export, imported):
        one.add_argument("--codebook", default="", metavar="NAME", help="default: the one that configs/run.yaml names")
    return parser


def _export(arguments: argparse.Namespace, sentences: Sequence[Sentence], codebook: Codebook) -> int:
    suffix = FORMATS[arguments.format]
    if arguments.output.suffix != suffix:
        raise ConfigError(f"--output {arguments.output} must end in {suffix} for {arguments.format}")
    for path in (arguments.only, arguments.prelabels):
        if path and not path.is_file():
            raise DataError(f"{path} is no file; name an existing one")
    only = read_ids(arguments.only) if arguments.only else None
    told: dict[str, str] = {}
    if arguments.disagreements:
        known = {sentence.id for sentence in sentences}
        told = disagreements(read_votes(Path.cwd(), arguments.disagreements, known, codebook, {}), codebook)
        only = list(told) if only is None else [one for one in only if one in told]
    proposals = read_prelabels(arguments.prelabels, codebook) if arguments.prelabels else {}
    assignments = assign(sentences, codebook, only, proposals, told)
    if not assignments:
        print("nothing to annotate: no sentence is left", file=sys.stderr)
        return 0
    written = _write(arguments.format, arguments.output, assignments, codebook)
    proposed = sum(bool(assignment.proposals) for assignment in assignments)
    print(f"{len(assignments)} sentences, {proposed} with pre-labels: {', '.join(map(str, written))}", file=sys.stderr)
    return 0


def _write(kind: str, path: Path, assignments: Sequence[Assignment], codebook: Codebook) -> list[Path]:
    """Write the files of a format, the interface first, so that sentences are never there without it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "csv":
        write_atomically(path, table.write_table(assignments, codebook))
        return [path]
    if kind == "doccano":
        beside = path.with_suffix(".labels.json")
        write_atomically(beside, doccano.write_label_types(codebook))
        write_atomically(path, doccano.write_examples(assignments))
        return [path, beside]
    beside = path.with_suffix(".config.xml")
    write_atomically(beside, labeling_config(codebook, adjudicate=any(one.votes for one in assignments)))
    write_atomically(path, label_studio.write_tasks(assignments))
    return [path, beside]


def _import(arguments: argparse.Namespace, sentences: Sequence[Sentence], codebook: Codebook) -> int:
    output: Path = arguments.output
    if output.suffix != ".jsonl":
        raise ConfigError(f"--output {output} must end in .jsonl; votes are JSON Lines")
    texts = {sentence.id: sentence.text for sentence in sentences}
    ballot = Ballot()
    if output.exists():
        for vote in read_votes(Path.cwd(), [output.as_posix()], texts, codebook, {}):
            ballot.votes[vote.sentence, vote.task, vote.annotator, vote.kind, vote.time] = vote
    for path in arguments.files:
        ballot.add(read_answers(path, codebook, arguments.annotator), texts, codebook)
    output.parent.mkdir(parents=True, exist_ok=True)
    aside = output.with_suffix(".rejected.jsonl")
    if ballot.rejected:
        # What was put aside before stays there until somebody who has dealt with it removes the file.
        earlier = read_records(aside, Rejected) if aside.exists() else []
        write_records(aside, dict.fromkeys([*earlier, *ballot.rejected]))
    write_records(output, ballot.votes.values())
    _tell(ballot, output, aside)
    return REJECTED if ballot.rejected else 0


def _tell(ballot: Ballot, output: Path, aside: Path) -> None:
    for one in ballot.rejected[:20]:
        print(f"rejected {one.place}: {one.reason} (kept in {aside})", file=sys.stderr)
    if len(ballot.rejected) > 20:
        print(f"… and {len(ballot.rejected) - 20} more in {aside}", file=sys.stderr)
    print(
        f"{output}: {ballot.added} votes added, {ballot.unchanged} of them a pre-label left as it was; "
        f"{ballot.known} were there before, {len(ballot.rejected)} entries rejected",
        file=sys.stderr,
    )
