"""Labels that somebody or something proposes, from the files in which this project keeps labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.annotating.assignment import Proposal
from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.labeling.annotations import rows_of


def read_prelabels(path: Path, codebook: Codebook) -> dict[str, dict[str, Proposal]]:
    """Pre-labels by sentence and task, each with its origin, from JSON Lines.

    A line is a record of `stance classify` (where it abstains, nothing is proposed), a vote, a labelled sentence, or
    out-of-fold probabilities of one model, whose mean over the repetitions decides. Raises DataError naming file and
    line for a label that the codebook lacks, and for two lines that propose different labels.
    """
    proposals: dict[str, dict[str, Proposal]] = defaultdict(dict)
    sums: dict[tuple[str, str], list[float]] = {}
    models: set[str] = set()
    for place, row in rows_of(Path(), path.as_posix()):
        sentence = row.get("sentence", row.get("id"))
        if not isinstance(sentence, str):
            raise DataError(f"{place}: names no sentence; each line needs sentence or id")
        if "probabilities" in row:
            models.add(str(row.get("model")))
            _sum(sums, (sentence, str(row.get("task"))), row["probabilities"], place, codebook)
            continue
        for task, label, origin in _proposed(row, codebook):
            if label not in codebook.labels(task):
                names = ", ".join(codebook.labels(task))
                raise DataError(f"{place}: unknown {task} label {label!r}; codebook {codebook.identifier} has {names}")
            proposal = proposals[sentence].setdefault(task, Proposal(label, origin or path.stem))
            if proposal.label != label:
                raise DataError(f"{place}: proposes {label!r} for {task} of {sentence!r}, after {proposal.label!r}")
    if len(models) > 1:
        raise DataError(f"{path}: holds the models {', '.join(sorted(models))}; keep the lines of one of them")
    for (sentence, task), probabilities in sums.items():
        label = codebook.labels(task)[probabilities.index(max(probabilities))]
        proposals[sentence][task] = Proposal(label, *models)
    return dict(proposals)


def _proposed(row: Mapping[str, Any], codebook: Codebook) -> Iterator[tuple[str, str, str]]:
    """Task, label and origin of every pre-label in `row`."""
    if "task" in row:
        if row["task"] in codebook.tasks and row.get("label") is not None:
            yield str(row["task"]), str(row["label"]), str(row.get("annotator") or "")
        return
    nested = row.get("labels")
    labels: Mapping[str, Any] = nested if isinstance(nested, dict) else row
    provenance = row.get("provenance")
    for task in codebook.tasks:
        found = labels.get(task)
        if isinstance(found, dict):
            if not found.get("abstained"):
                yield task, str(found.get("label")), str(row.get("model") or "")
        elif found is not None:
            origin = provenance.get(task) if isinstance(provenance, dict) else row.get("annotator")
            yield task, str(found), str(origin or "")


def _sum(
    sums: dict[tuple[str, str], list[float]], key: tuple[str, str], values: Any, place: str, codebook: Codebook
) -> None:
    names = codebook.labels(key[1])
    if not isinstance(values, list) or len(values) != len(names):
        raise DataError(f"{place}: has no probability for each of the {len(names)} labels of {key[1]}")
    before = sums.get(key, [0.0] * len(names))
    sums[key] = [old + float(new) for old, new in zip(before, values, strict=True)]
