"""What a request may hold, and what an answer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

FORMS = "give a JSON object (Content-Type: application/json) with one of text, texts or document"
"""What to say of a request in none of the forms below."""
_FILE_NAME = r"\.([tT][xX][tT]|[tT][eE][xX][tT]|[hH][tT][mM][lL]?|[pP][dD][fF])$"
NONBLANK: dict[str, Any] = {"pattern": r"\S"}


class _Strict(BaseModel):
    """No unknown field, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ContextualText(_Strict):
    """A sentence with what some models read besides: the text right before it, and what its stance is towards."""

    text: str = Field(json_schema_extra=NONBLANK)
    context: str = ""
    target: str = ""


class DocumentFile(_Strict):
    """A file: .txt, .html or .pdf, told by the ending of its name."""

    content: str = Field(description="the bytes in base64", json_schema_extra={"contentEncoding": "base64"})
    name: str = Field(max_length=255, pattern=_FILE_NAME)


class _Options(_Strict):
    tasks: list[str] | None = Field(None, min_length=1, description="answer these tasks only")
    target: str = Field("", description="what the stance is towards, for models that know several targets")
    explain: bool = Field(False, description="tell which words carried each decision")
    abstain_below: float | None = Field(
        None, ge=0, le=1, description="abstain below this probability, instead of the thresholds of the model"
    )


class OneText(_Options):
    """One sentence."""

    text: str = Field(json_schema_extra=NONBLANK)
    context: str = Field("", description="the text right before, read only by models trained with context")


def _form_of(value: Any, otherwise: str) -> str:
    return "plain" if isinstance(value, str) else otherwise


class ManyTexts(_Options):
    """Several sentences; the records have the ids 1, 2 and so on, in their order."""

    texts: list[
        Annotated[
            Annotated[str, Field(json_schema_extra=NONBLANK), Tag("plain")]
            | Annotated[ContextualText, Tag("contextual")],
            Discriminator(lambda value: _form_of(value, "contextual")),
        ]
    ] = Field(min_length=1)


class WholeDocument(_Options):
    """A document, split into sentences as in training; headings, page numbers and other furniture are left out.

    Plain text is given as such, and the offsets of its sentences count its characters (code points).
    """

    document: Annotated[
        Annotated[str, Field(json_schema_extra=NONBLANK), Tag("plain")] | Annotated[DocumentFile, Tag("file")],
        Discriminator(lambda value: _form_of(value, "file")),
    ]


def _form(value: Any) -> Literal["one", "many", "whole"] | None:
    """The form of a request by the one field that tells it."""
    forms: dict[str, Literal["one", "many", "whole"]] = {"text": "one", "texts": "many", "document": "whole"}
    found = [form for field, form in forms.items() if isinstance(value, dict) and field in value]
    return found[0] if len(found) == 1 else None


ClassifyRequest = Annotated[
    Annotated[OneText, Tag("one")] | Annotated[ManyTexts, Tag("many")] | Annotated[WholeDocument, Tag("whole")],
    Discriminator(
        _form,
        custom_error_type="form",
        custom_error_message=FORMS,
    ),
]
"""The body of `POST /v1/classify`."""


def answer_schema(labels: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """JSON Schema of the answer of a model with these labels a task: the records of docs/predictions.md."""
    return {
        "type": "object",
        "required": ["predictions"],
        "properties": {"predictions": {"type": "array", "items": _record_schema(labels)}},
    }


def _record_schema(labels: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    tiers = {task: {"enum": ["A", "B", "C", None]} for task in labels}
    place = {name: {"type": ["integer", "null"], "minimum": 0} for name in ("start", "end", "page")}
    return {
        "type": "object",
        "required": ["id", "text", "tier", "document", "start", "end", "page", "model", "codebook"],
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            **{task: _task_schema(names) for task, names in labels.items()},
            "tier": {"type": "object", "properties": tiers},
            "document": {"type": ["string", "null"]},
            **place,
            "model": {"type": "string"},
            "codebook": {"type": "string"},
            "target": {"type": "string"},
            "explanation": _explanation_schema(labels),
        },
    }


def _task_schema(names: Sequence[str]) -> dict[str, Any]:
    probability = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "type": "object",
        "required": ["label", "probability", "scores", "abstained"],
        "properties": {
            "label": {"enum": list(names)},
            "probability": probability,
            "scores": {"type": "object", "required": list(names), "properties": dict.fromkeys(names, probability)},
            "abstained": {"type": "boolean"},
        },
    }


def _explanation_schema(labels: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    word = {
        "type": "object",
        "required": ["word", "start", "end", "weight"],
        "properties": {
            "word": {"type": "string"},
            "start": {"type": "integer", "minimum": 0},
            "end": {"type": "integer", "minimum": 0},
            "weight": {"type": "number"},
        },
    }
    tasks = {task: {"type": "array", "items": word} for task in labels}
    return {
        "type": "object",
        "required": ["method", "tasks"],
        "properties": {"method": {"type": "string"}, "tasks": {"type": "object", "properties": tasks}},
    }
