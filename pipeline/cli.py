"""The `stance` command: dispatch only. Each command imports what it needs when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from pipeline.errors import StanceError

STAGES = ("run", "ingest", "label", "split", "train", "evaluate", "report")
MODULES = {
    "classify": "pipeline.inference.command",
    "serve": "pipeline.serving.command",
    "codebook": "pipeline.codebook_command",
    "annotations": "pipeline.annotating.command",
    "agreement": "pipeline.annotating.agreement_command",
    "suspects": "pipeline.reviewing.suspects_command",
    "suggest": "pipeline.reviewing.suggest_command",
    "annotate": "pipeline.labeling.language_model.command",
    "verify": "pipeline.reproduction.verify",
    "reproduce": "pipeline.reproduction.reproduce",
    "compare": "pipeline.reproduction.compare",
}
HELP = """\
usage: stance COMMAND [arguments]

Who takes which stance, with which rhetorical frame, sentence by sentence.

Experiments (Hydra overrides, --multirun, --cfg job, --help):
  run        all stages in order; skips what is up to date, goes on where it was interrupted
  ingest     documents to sentences with their offsets
  label      annotations and rules to one label a task, with every vote; --analyze shows how the rules do
  split      grouped folds without leakage
  train      every model on every fold, then on everything
  evaluate   out-of-fold metrics, intervals and paired tests
  report     report.html, report.md, figures, model card and data card

Use:
  classify   label new statements, files or whole corpora
  serve      the same over HTTP, with a page

Labels by people:
  annotations  export sentences to Label Studio, doccano or CSV, and import what people answered
  agreement    how far annotators agree, by label, pair, annotator and time
  codebook     show a codebook, or what changed between two versions

Labels, where to look:
  suspects   labels that are probably wrong, to review
  suggest    unlabelled sentences to label next
  annotate   labels by a language model behind an OpenAI-compatible endpoint

Trust:
  verify     hold a folder of results against its manifest
  reproduce  run a report's experiment again and compare number by number
  compare    two reports side by side, with paired tests

Examples:
  stance run                                      the default experiment
  stance run experiment=smoke                     every stage in under a minute
  stance run name=mine model.transformer.epochs=4 split.repetitions=3
  stance classify "We firmly oppose interference in internal affairs."

`stance COMMAND --help` tells more; `stance --version` prints the version.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 2 after one line on standard error for anything that the user can mend."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    try:
        return _dispatch(command, rest)
    except StanceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on where it stopped", file=sys.stderr)
        return 130


def _dispatch(command: str, arguments: list[str]) -> int:
    if command == "--version":
        from importlib import metadata

        print(metadata.version("stance-pipeline"))
        return 0
    if command in STAGES:
        from pipeline.stages.pipeline import main as run_stages

        return run_stages(command, arguments)
    if command in MODULES:
        return int(import_module(MODULES[command]).main(arguments))
    print(f"error: unknown command {command!r}; `stance --help` lists them", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
