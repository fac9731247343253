"""How votes that followed one version of a codebook are read as votes by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.codebook import Codebook
from pipeline.errors import DataError


@dataclass(frozen=True, slots=True)
class VersionMap:
    """By task of the old version: the task it became (None: it was removed) and what its labels became, read in `name`.

    A label that maps to None has no successor: votes for it abstain.
    """

    name: str
    tasks: Mapping[str, str | None]
    labels: Mapping[str, Mapping[str, str | None]]

    def label(self, task: str, label: str, place: str) -> str | None:
        """What `label` became; raises DataError naming the vote's `place` where the map does not say."""
        if label not in self.labels[task]:
            raise DataError(f"{place}: {self.name} does not say what {task} {label!r} became; add it there, or null")
        return self.labels[task][label]


def read_version_maps(root: Path, files: Mapping[str, str], codebook: Codebook) -> dict[str, VersionMap]:
    """Maps to `codebook` by the identifier of the codebook that they lead from, from `files` relative to `root`.

    A file is YAML or JSON: `{task: {old label: new label}}`, or what `stance codebook diff --mapping` drafts. Raises
    DataError naming the file for anything else, and for a task or label that `codebook` does not have.
    """
    return {version: _read(root, name, version, codebook) for version, name in files.items()}


def _read(root: Path, name: str, version: str, codebook: Codebook) -> VersionMap:
    try:
        found = yaml.safe_load((root / name).read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise DataError(f"{name}: {problem}; set its path under labeling.version_maps") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{name}: is neither YAML nor JSON ({' '.join(str(error).split())})") from error
    if not isinstance(found, dict):
        raise DataError(f"{name}: must map each task to a mapping of old labels to new ones")
    if isinstance(found.get("tasks"), dict) and {"from", "to"} <= found.keys():
        if (found["from"], found["to"]) != (version, codebook.identifier):
            raise DataError(
                f"{name}: leads from {found['from']} to {found['to']}, but labeling.version_maps names it for"
                f" {version}, and this run has {codebook.identifier}"
            )
        entries = {str(task): _drafted(entry, str(task), name) for task, entry in found["tasks"].items()}
    else:
        entries = {str(task): (str(task), labels) for task, labels in found.items()}
    for old, (task, labels) in entries.items():
        _check(name, old, task, labels, codebook)
    return VersionMap(
        name,
        {old: task for old, (task, _) in entries.items()},
        {old: {str(label): new for label, new in labels.items()} for old, (_, labels) in entries.items()},
    )


def _drafted(entry: Any, task: str, name: str) -> tuple[str | None, Any]:
    """A task's entry in a drafted file: null where the task was removed."""
    if entry is None:
        return None, {}
    if not isinstance(entry, dict) or not entry.keys() <= {"task", "labels"}:
        raise DataError(f"{name}: task {task!r} must be null or hold `labels`, and `task` where it was renamed")
    return str(entry.get("task", task)), entry.get("labels")


def _check(name: str, old: str, task: str | None, labels: Any, codebook: Codebook) -> None:
    if not isinstance(labels, dict):
        raise DataError(f"{name}: task {old!r} must be a mapping of old labels to new ones")
    if task is not None and task not in codebook.tasks:
        raise DataError(f"{name}: {codebook.identifier} has no task {task!r}; it has {', '.join(codebook.tasks)}")
    for label, new in labels.items():
        if task is not None and new is not None and new not in codebook.labels(task):
            names = ", ".join(codebook.labels(task))
            raise DataError(f"{name}: maps {old} {label!r} to {new!r}; {codebook.identifier} has {names}")
