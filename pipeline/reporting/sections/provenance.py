"""What the numbers depend on: settings, versions, inputs, hardware, time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from pipeline.reporting.blocks import Block, Cell, Column, Disclosure, Section, Table, facts
from pipeline.reporting.formatting import MISSING, count, plain, seconds
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import model_name, shorten, sort_models, words

_HARDWARE = {
    "cpu": "Processor",
    "machine": "Architecture",
    "cores": "Cores",
    "threads": "Threads",
    "memory_gb": "Memory in GB",
    "flags": "Instruction sets",
    "instruction_sets": "Instruction sets",
}
_LISTED = 5
"""Distinct values listed one by one."""

_TIMES = frozenset({"repetition", "fold", "seconds", "cpu_seconds"})


def provenance_section(data: ReportInput) -> Section:
    """Code, hardware and time open; settings, versions and hashes folded."""
    blocks: list[Block] = [run_facts(data)]
    if data.training:
        blocks.append(time_table(data))
    choices = _choices_table(data)
    if choices:
        blocks.append(Disclosure("What the models chose in the folds", (choices,)))
    manifest = data.manifest
    for summary, caption, items in (
        ("Versions", "Versions of Python and of the packages that matter.", manifest.get("versions")),
        ("Inputs and their hashes", "Inputs with their SHA-256.", manifest.get("inputs")),
        ("Settings", "Every setting of this run.", dict(_flat(manifest.get("config") or {}))),
    ):
        if items:
            rows = [(name, Cell(plain(value), code=True)) for name, value in items.items()]
            blocks.append(Disclosure(summary, (facts(caption, rows),)))
    return Section("provenance", "Settings, versions and hardware", tuple(blocks))


def run_facts(data: ReportInput) -> Table:
    """Which code ran on which machine, and for how long."""
    git, hardware = data.manifest.get("git") or {}, data.manifest.get("hardware") or {}
    commit = Cell(git.get("commit") or MISSING, ("with uncommitted changes",) if git.get("dirty") else (), code=True)
    items = [
        ("Run", Cell(data.name)),
        ("Codebook", Cell(data.codebook.identifier)),
        ("Code (git commit)", commit),
        ("Seed", Cell(plain(data.manifest.get("seed")))),
        ("Wall time", Cell(seconds(data.manifest.get("wall_s")))),
        *((_HARDWARE.get(key, words(key).capitalize()), Cell(plain(value))) for key, value in hardware.items()),
    ]
    return facts("The run.", items)


def time_table(data: ReportInput) -> Table:
    """Training time of each model over all folds and repetitions."""
    rows = []
    for model in sort_models(data.training):
        fits = data.training[model]
        wall = [fit["seconds"] for fit in fits if fit.get("seconds") is not None]
        cpu = [fit["cpu_seconds"] for fit in fits if fit.get("cpu_seconds") is not None]
        rows.append(
            (
                Cell(model_name(model)),
                Cell(count(len(fits))),
                Cell(seconds(sum(wall)) if wall else MISSING),
                Cell(seconds(sum(wall) / len(wall)) if wall else MISSING),
                Cell(seconds(sum(cpu)) if cpu else MISSING),
            )
        )
    numeric = ("Fits", "Wall time, all fits", "Wall time a fit", "Processor time, all fits")
    columns = (Column("Model"), *(Column(name, kind="number") for name in numeric))
    return Table("Training time by model.", columns, tuple(rows))


def _choices_table(data: ReportInput) -> Table | None:
    """What the models chose within the training folds, with the number of fits that chose it."""
    rows = []
    for model in sort_models(data.training):
        found: dict[str, list[Any]] = {}
        for fit in data.training[model]:
            for name, value in _flat({key: value for key, value in fit.items() if key not in _TIMES}):
                found.setdefault(name, []).append(value)
        rows += [(Cell(model_name(model)), Cell(words(name)), Cell(_summary(found[name]))) for name in found]
    if not rows:
        return None
    columns = (Column("Model"), Column("Fact"), Column("Values (number of fits)"))
    return Table("What each model chose and saw in the training folds.", columns, tuple(rows))


def _summary(values: Sequence[Any]) -> str:
    """Distinct values with their counts; many different numbers as their range."""
    counts = Counter(plain(value) for value in values)
    if len(counts) <= _LISTED:
        return "; ".join(f"{shorten(value, 60)} ({n})" for value, n in counts.most_common())
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) == len(values):
        return f"{plain(min(numbers))} to {plain(max(numbers))}, median {plain(median(numbers))}"
    return f"{len(counts)} different values"


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and values of a nested mapping; long texts are cut, since their hash is among the inputs."""
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{name}.")
        elif isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list, tuple)) for item in value):
            yield name, json.dumps(value, ensure_ascii=False)
        else:
            yield name, value
