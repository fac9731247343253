"""The analysis of labelling functions for people: tables on the terminal, and a Markdown page with examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

COLUMNS = ("function", "label", "votes", "coverage", "overlap", "conflict", "right", "accuracy")
TOGETHER = "all together"
_MARKDOWN = str.maketrans({"\\": "\\\\", "|": "\\|", "*": "\\*", "_": "\\_", "`": "\\`", "<": "&lt;", "[": "\\["})


def print_analysis(analysis: Mapping[str, Any], console: Console) -> None:
    """One table a task; the reasons and examples are in the files."""
    for task, found in analysis["tasks"].items():
        table = Table(title=escape(_title(task, analysis)), title_justify="left")
        for column in COLUMNS:
            table.add_column(column, justify="left" if column in COLUMNS[:2] else "right", overflow="fold")
        for row in _rows(found, analysis["sentences"]):
            table.add_row(*(escape(cell) for cell in row), end_section=row[0] == TOGETHER)
        console.print(table)


def markdown(analysis: Mapping[str, Any]) -> str:
    """A page with a table a task, and every function's reason with a right and a wrong vote."""
    share = f"{analysis['confidence']:.0%}"
    parts = [
        "# How the labelling functions do",
        "A function's votes *overlap* where another one of the task votes too and *conflict* where it votes otherwise;"
        " coverage, overlap and conflict are shares of all sentences. Accuracy is over the votes on sentences with a"
        f" label by people or one that came with the data, with a {share} interval that takes sentences for"
        " independent. Sentences on which the functions tie are left out of the accuracy of all together.",
    ]
    for task, found in analysis["tasks"].items():
        lines = [_line(COLUMNS), _line(["---"] * 2 + ["---:"] * (len(COLUMNS) - 2))]
        lines += [_line([cell.translate(_MARKDOWN) for cell in row]) for row in _rows(found, analysis["sentences"])]
        parts += [f"## {_title(task, analysis)}", "\n".join(lines)]
        parts += [_function(name, function) for name, function in found["functions"].items()]
    return "\n\n".join(parts) + "\n"


def _title(task: str, analysis: Mapping[str, Any]) -> str:
    return f"{task}: {len(analysis['tasks'][task]['functions'])} functions on {analysis['sentences']} sentences"


def _rows(found: Mapping[str, Any], sentences: int) -> list[list[str]]:
    """The task as a whole, then its functions, those with the most votes first."""
    functions = sorted(found["functions"].items(), key=lambda entry: (-entry[1]["votes"], entry[0]))
    together = _row(TOGETHER, "", found["labeled"], found, sentences)
    return [together, *(_row(name, one["label"] or "several", one["votes"], one, sentences) for name, one in functions)]


def _row(name: str, label: str, votes: int, entry: Mapping[str, Any], sentences: int) -> list[str]:
    shares = [
        f"{count / sentences:.1%}" if sentences else "-" for count in (votes, entry["overlaps"], entry["conflicts"])
    ]
    accuracy = entry["accuracy"]
    right, shown = "-", "-"
    if accuracy["value"] is not None:
        right = f"{entry['correct']} of {entry['judged']}"
        shown = f"{accuracy['value']:.2f} ({accuracy['ci'][0]:.2f} to {accuracy['ci'][1]:.2f})"
    return [name, label, str(votes), *shares, right, shown]


def _function(name: str, function: Mapping[str, Any]) -> str:
    lines = [f"**`{name}`** {function['reason'].translate(_MARKDOWN)}", ""]
    for example in function["examples"]:
        verdict = "" if example["gold"] is None else " ✓" if example["gold"] == example["label"] else " ✗"
        gold = f" (labelled `{example['gold']}`)" if verdict == " ✗" else ""
        lines.append(f"- `{example['label']}`{verdict}{gold}: {example['text'].translate(_MARKDOWN)}")
    return "\n".join(lines if function["examples"] else [*lines, "- no votes"])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
