"""What `GET /v1/model` tells: tasks, labels with definitions, tiers, thresholds, and where the model comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.inference.classifier import Classifier
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.record import RECORD_VERSION
from pipeline.serving.limits import Limits

_TEXT: dict[str, Any] = {"type": ["string", "null"]}


def describe(classifier: Classifier, limits: Limits) -> dict[str, Any]:
    """The description of a loaded model; null stands for what its folder does not tell.

    Questions and definitions are those of the codebook that it was trained with, which its manifest keeps.
    """
    training = ModelFolder(classifier.path).training
    codebook = _object(_object(training.get("config")).get("codebook"))
    return {
        "model": classifier.model,
        "kind": classifier.kind,
        "precision": classifier.precision,
        "codebook": classifier.codebook,
        "title": codebook.get("title"),
        "target": codebook.get("target"),
        "targets": list(classifier.targets),
        "record_version": RECORD_VERSION,
        "tasks": {task: _task(classifier, task, _object(codebook.get("tasks"))) for task in classifier.labels},
        "explanation_method": classifier.explanation_method,
        "limits": asdict(limits),
        "provenance": _provenance(training),
    }


def _task(classifier: Classifier, task: str, codebook: Mapping[str, Any]) -> dict[str, Any]:
    about, known = _object(codebook.get(task)), classifier.reliability[task]
    definitions = _object(about.get("labels"))
    return {
        "question": about.get("question"),
        "abstain_below": known.abstain_below,
        "labels": {
            label: {"definition": definitions.get(label), "tier": known.tier(label)}
            for label in classifier.labels[task]
        },
    }


def _provenance(training: Mapping[str, Any]) -> dict[str, Any]:
    environment = _object(training.get("environment"))
    git = _object(environment.get("git"))
    return {
        "trained": training.get("started"),
        "commit": git.get("commit"),
        "uncommitted_changes": git.get("dirty"),
        "code": training.get("code"),
        "data": dict(_object(training.get("inputs"))),
        "settings": dict(_object(_object(training.get("config")).get("model"))),
        "seed": training.get("seed"),
        "python": environment.get("python"),
        "packages": dict(_object(environment.get("packages"))),
    }


def _object(value: Any) -> Mapping[str, Any]:
    """A JSON object, empty for whatever else: a manifest tells what it tells."""
    return value if isinstance(value, Mapping) else {}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["model", "kind", "codebook", "record_version", "tasks", "limits", "provenance"],
    "properties": {
        "model": {"type": "string", "description": "as in the records"},
        "kind": {"type": "string"},
        "precision": {**_TEXT, "description": "form of a transformer"},
        "codebook": {"type": "string", "description": "name and version"},
        "title": _TEXT,
        "target": {**_TEXT, "description": "what the stance is towards"},
        "targets": {
            "type": "array",
            "items": {"type": "string"},
            "description": "targets that it was trained on; where there are any, every text needs one",
        },
        "record_version": {"type": "integer"},
        "tasks": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["question", "abstain_below", "labels"],
                "properties": {
                    "question": _TEXT,
                    "abstain_below": {"type": ["number", "null"], "description": "threshold; null: never abstains"},
                    "labels": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "required": ["definition", "tier"],
                            "properties": {"definition": _TEXT, "tier": {"enum": ["A", "B", "C", None]}},
                        },
                    },
                },
            },
        },
        "explanation_method": {"type": "string"},
        "limits": {"type": "object", "additionalProperties": {"type": "number"}},
        "provenance": {
            "type": "object",
            "properties": {
                "trained": {**_TEXT, "description": "date and time"},
                "commit": _TEXT,
                "uncommitted_changes": {"type": ["boolean", "null"]},
                "code": {**_TEXT, "description": "SHA-256 of the sources that trained it"},
                "data": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "SHA-256 of what it was trained on",
                },
                "settings": {"type": "object"},
                "seed": {"type": ["integer", "null"]},
                "python": _TEXT,
                "packages": {"type": "object", "additionalProperties": _TEXT},
            },
        },
    },
}
"""JSON Schema of the description."""
