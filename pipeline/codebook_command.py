"""`stance codebook`: read a codebook as annotators do, and see what changed between two versions."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipeline.artifacts import write_atomically
from pipeline.codebook import Codebook
from pipeline.codebook_diff import Change, diff_codebooks, draft_mapping
from pipeline.codebook_file import find_codebook, read_codebook
from pipeline.errors import ConfigError

_EPILOG = """\
A codebook is a .yaml file, or the name of one in configs/codebook. `diff` ends with exit code 0 where nothing differs,
1 where something does, 2 for bad input.

examples:
  stance codebook show human_rights_v1
  stance codebook diff configs/codebook/mine_v1.yaml configs/codebook/mine_v2.yaml --mapping mine_v1_to_v2.yaml
"""
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "renamed": (">", "cyan"), "changed": ("~", "yellow")}


def main(argv: Sequence[str]) -> int:
    """Run `stance codebook` with `argv`; errors are left to the caller."""
    arguments = _parser().parse_args(argv)
    console = Console(soft_wrap=True, highlight=False)
    if arguments.action == "show":
        _show(_codebook(arguments.codebook), console)
        return 0
    old, new = _codebook(arguments.old), _codebook(arguments.new)
    if arguments.mapping:
        _write_mapping(arguments.mapping, old, new)
    changes = diff_codebooks(old, new)
    if old.identifier == new.identifier and changes:
        console.print(f"[yellow]both are {escape(old.identifier)}: raise the version, votes carry it[/]")
    for change in changes:
        console.print(_line(change))
    return 1 if changes else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stance codebook",
        description="Tasks, labels, definitions, rules and examples.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="print a codebook")
    show.add_argument("codebook", nargs="?", default="", help="default: the one that configs/run.yaml names")
    diff = actions.add_parser("diff", help="what changed from OLD to NEW")
    diff.add_argument("old", metavar="OLD")
    diff.add_argument("new", metavar="NEW")
    diff.add_argument("--mapping", type=Path, metavar="FILE", help="write a draft that maps old labels to new ones")
    return parser


def _codebook(name: str) -> Codebook:
    return read_codebook(find_codebook(name, Path.cwd()))


def _write_mapping(path: Path, old: Codebook, new: Codebook) -> None:
    if path.exists():
        raise ConfigError(f"{path} exists and may hold a mapping that somebody checked; remove it or name another file")
    write_atomically(path, draft_mapping(old, new))


def _show(codebook: Codebook, console: Console) -> None:
    console.print(f"[bold]{escape(codebook.title or codebook.name)}[/]  ({escape(codebook.identifier)})")
    if codebook.target:
        console.print(f"Target: {escape(codebook.target)}")
    for number, rule in enumerate(codebook.rules, 1):
        console.print(f"{number}. {escape(rule)}")
    for name, task in codebook.tasks.items():
        console.print(f"\n[bold cyan]{escape(name)}[/]  {escape(task.question)}")
        for label, definition in task.labels.items():
            console.print(f"  [bold]{escape(label)}[/]  {escape(definition)}")
            for example in task.examples.get(label, ()):
                console.print(f"    [dim]e.g.[/] {escape(example)}")
        for number, rule in enumerate(task.rules, 1):
            console.print(f"  {number}. {escape(rule)}")


def _line(change: Change) -> str:
    sign, colour = _SIGNS[change.kind]
    head = f"[{colour}]{sign} {escape(change.place)}  {change.what} {change.kind}[/]"
    if change.kind == "renamed":
        return f"{head}: {escape(change.before)} to {escape(change.after)}"
    texts = [
        f"\n    [{tint}]{mark} {escape(text)}[/]"
        for mark, tint, text in (("-", "red", change.before), ("+", "green", change.after))
        if text
    ]
    return head + "".join(texts)
