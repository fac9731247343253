"""Label Studio: tasks with predictions to import there, and its JSON export with all annotations."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.annotating.assignment import Answer, Assignment, Rejected
from pipeline.annotating.formats.label_studio_config import TEXT
from pipeline.codebook import Codebook

CONTENT = 2_000
"""Characters kept of what is rejected."""


def write_tasks(assignments: Iterable[Assignment]) -> str:
    """Tasks in Label Studio's JSON format; pre-labels become predictions, one for each of their origins."""
    tasks = [_task(assignment) for assignment in assignments]
    return json.dumps(tasks, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _task(assignment: Assignment) -> dict[str, Any]:
    by_origin: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for task, proposal in assignment.proposals.items():
        by_origin[proposal.origin].append(
            {
                "id": f"{task}-prelabel",
                "from_name": task,
                "to_name": TEXT,
                "type": "choices",
                "value": {"choices": [proposal.label]},
            }
        )
    predictions = [{"model_version": origin, "result": result} for origin, result in by_origin.items()]
    return {"data": assignment.fields()} | ({"predictions": predictions} if predictions else {})


def is_export(document: Any) -> bool:
    """True for a list of tasks with their annotations, as the export format JSON has it."""
    return isinstance(document, list) and any(isinstance(task, dict) and "annotations" in task for task in document)


def read_export(tasks: Sequence[Any], source: str, codebook: Codebook) -> Iterator[Answer | Rejected]:
    """One answer an annotation, in the order of the file.

    A skipped task (`was_cancelled`) answers every task of the codebook with None, whatever was chosen before. Drafts
    and predictions are nobody's answers. Whoever is known by number only is called `user-N`.
    """
    for position, task in enumerate(tasks, 1):
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            yield _rejected(source, f"task number {position}", "has no data; export as JSON", task)
            continue
        entry = f"task {task.get('id', f'number {position}')}"
        annotations = task.get("annotations")
        for annotation in annotations if isinstance(annotations, list) else []:
            yield _answer(annotation, task["data"], source, entry, codebook)


def _answer(annotation: Any, data: Mapping[str, Any], source: str, entry: str, codebook: Codebook) -> Answer | Rejected:
    if not isinstance(annotation, dict):
        # An export can be told to give the numbers of annotations only.
        return _rejected(source, entry, "the annotation is a mere number; export whole annotations", annotation)
    entry = f"{entry} annotation {annotation.get('id', '?')}"
    annotator = _annotator(annotation.get("completed_by"))
    time = str(annotation.get("updated_at") or annotation.get("created_at") or "")
    if annotation.get("was_cancelled"):
        return Answer(source, entry, data, annotator, dict.fromkeys(codebook.tasks), time)
    labels: dict[str, str | None] = {}
    for result in annotation.get("result") or []:
        if not isinstance(result, dict) or result.get("type") != "choices":
            continue  # A note or a marked span beside the labels.
        chosen = (result.get("value") or {}).get("choices")
        name = str(result.get("from_name"))
        if not isinstance(chosen, list) or len(chosen) != 1:
            return _rejected(source, entry, f"{name} has {chosen!r}; a task takes one label", annotation)
        labels[name] = str(chosen[0])
    return Answer(source, entry, data, annotator, labels, time)


def _annotator(completed_by: Any) -> str:
    """Who answered: an export has the number of the user, the user, or (of old) the e-mail address."""
    if isinstance(completed_by, dict):
        completed_by = completed_by.get("email") or completed_by.get("id")
    return f"user-{completed_by}" if isinstance(completed_by, int) else str(completed_by or "")


def _rejected(source: str, entry: str, reason: str, content: Any) -> Rejected:
    return Rejected(source, entry, reason, json.dumps(content, ensure_ascii=False)[:CONTENT])
