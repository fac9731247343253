"""What changed between two versions of a codebook, and a draft of how to carry labels over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import yaml

from pipeline.codebook import Codebook, Task

ALIKE = 0.85
"""Share of equal characters (difflib's ratio) from which two definitions are taken for one that was reworded."""

Kind = Literal["added", "removed", "renamed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `place` is `TASK`, `TASK/LABEL` or a field; `before` and `after` are texts, empty for none."""

    kind: Kind
    place: str
    what: str
    before: str = ""
    after: str = ""


def diff_codebooks(old: Codebook, new: Codebook) -> list[Change]:
    """Every difference that an annotator or a model would notice, tasks in the order of `old`, then the new ones.

    A label that goes while another comes with a definition that is `ALIKE` counts as renamed, as does a task that keeps
    all its labels under another name: both are guesses for a person to confirm.
    """
    changes = [
        Change("changed", name, name, str(before), str(after))
        for name, before, after in (("title", old.title, new.title), ("target", old.target, new.target))
        if before != after
    ]
    changes += _lists("rules", old.rules, new.rules)
    tasks = rename_tasks(old, new)
    for name, task in old.tasks.items():
        partner = tasks.get(name)
        if partner is None:
            changes.append(Change("removed", name, "task", before=task.question))
            continue
        if partner != name:
            changes.append(Change("renamed", name, "task", name, partner))
        changes += _task(partner, task, new.tasks[partner])
    known = set(tasks.values())
    changes += [
        Change("added", name, "task", after=task.question) for name, task in new.tasks.items() if name not in known
    ]
    return changes


def rename_tasks(old: Codebook, new: Codebook) -> dict[str, str]:
    """The task of `new` that each task of `old` lives on as; a task that went is left out."""
    same = {name: name for name in old.tasks if name in new.tasks}
    free = [name for name in new.tasks if name not in same]
    for name, task in old.tasks.items():
        twin = next((one for one in free if set(new.tasks[one].labels) == set(task.labels)), None)
        if name not in same and twin is not None:
            same[name] = twin
            free.remove(twin)
    return same


def rename_labels(old: Task, new: Task) -> dict[str, str]:
    """The label of `new` that each label of `old` lives on as: of the same name, or of a definition alike."""
    same = {label: label for label in old.labels if label in new.labels}
    gone = [label for label in old.labels if label not in same]
    come = [label for label in new.labels if label not in same]
    scores = sorted(
        (
            (SequenceMatcher(None, old.labels[one], new.labels[other], autojunk=False).ratio(), one, other)
            for one in gone
            for other in come
            if old.labels[one] and new.labels[other]
        ),
        key=lambda scored: -scored[0],
    )
    for score, one, other in scores:
        if score >= ALIKE and one not in same and other not in same.values():
            same[one] = other
    return same


def _task(name: str, old: Task, new: Task) -> list[Change]:
    changes = [Change("changed", name, "question", old.question, new.question)] if old.question != new.question else []
    labels = rename_labels(old, new)
    for label, definition in old.labels.items():
        partner = labels.get(label)
        place = f"{name}/{label}"
        if partner is None:
            changes.append(Change("removed", place, "label", before=definition))
            continue
        if partner != label:
            changes.append(Change("renamed", place, "label", label, partner))
        if new.labels[partner] != definition:
            changes.append(Change("changed", f"{name}/{partner}", "definition", definition, new.labels[partner]))
    come = [label for label in new.labels if label not in set(labels.values())]
    changes += [Change("added", f"{name}/{label}", "label", after=new.labels[label]) for label in come]
    before, after = [labels[one] for one in old.labels if one in labels], [one for one in new.labels if one not in come]
    if before != after:
        changes.append(Change("changed", name, "order of labels", ", ".join(before), ", ".join(after)))
    if old.contrast != new.contrast:
        changes.append(Change("changed", name, "contrast", ", ".join(old.contrast), ", ".join(new.contrast)))
    changes += _lists(f"{name}/rules", old.rules, new.rules)
    for label in dict.fromkeys((*old.examples, *new.examples)):
        changes += _lists(f"{name}/{label}/examples", old.examples.get(label, []), new.examples.get(label, []))
    return changes


def _lists(place: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    what = place.rpartition("/")[2].removesuffix("s")
    gone = [Change("removed", place, what, before=one) for one in old if one not in new]
    return gone + [Change("added", place, what, after=one) for one in new if one not in old]


def draft_mapping(old: Codebook, new: Codebook) -> str:
    """YAML that maps every label of `old` to one of `new`: a draft, in which null marks what nothing corresponds to."""
    tasks = rename_tasks(old, new)
    lines = [
        f"# Draft: how votes by {old.identifier} are read as votes by {new.identifier}.",
        "# Check every line. null: no label of the new version corresponds, and such votes are left out.",
        f"from: {_scalar(old.identifier)}",
        f"to: {_scalar(new.identifier)}",
        "tasks:",
    ]
    for name, task in old.tasks.items():
        partner = tasks.get(name)
        if partner is None:
            lines.append(f"  {_scalar(name)}: null  # the task was removed")
            continue
        labels = rename_labels(task, new.tasks[partner])
        lines.append(f"  {_scalar(name)}:" + (f"  # is now {partner}" if partner != name else ""))
        if partner != name:
            lines.append(f"    task: {_scalar(partner)}")
        lines.append("    labels:")
        for label, definition in task.labels.items():
            other = labels.get(label)
            note = "" if other == label and new.tasks[partner].labels[other] == definition else _note(label, other)
            lines.append(f"      {_scalar(label)}: {'null' if other is None else _scalar(other)}{note}")
    return "\n".join(lines) + "\n"


def _note(label: str, other: str | None) -> str:
    if other is None:
        return "  # removed"
    return "  # renamed?" if other != label else "  # definition changed: do old votes still hold?"


def _scalar(text: str) -> str:
    """`text` as YAML on one line, quoted where it must be."""
    return yaml.safe_dump(text, default_flow_style=True, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
