"""The OpenAPI document, with the served model's tasks and the limits of this server written into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.serving.limits import Limits


def complete(document: dict[str, Any], tasks: Sequence[str], limits: Limits) -> None:
    """Write into the OpenAPI document of the application what only this server knows: its tasks and limits."""
    for schema in document["components"]["schemas"].values():
        _bound(schema.get("properties", {}), tasks, limits)


def _bound(fields: dict[str, Any], tasks: Sequence[str], limits: Limits) -> None:
    for name in ("text", "context"):
        if name in fields:
            fields[name]["maxLength"] = limits.characters
    if "texts" in fields:
        fields["texts"]["maxItems"] = limits.texts
        for form in fields["texts"]["items"]["oneOf"]:
            if form.get("type") == "string":
                form["maxLength"] = limits.characters
    if "document" in fields:
        for form in fields["document"]["oneOf"]:
            if form.get("type") == "string":
                form["maxLength"] = limits.document_characters
    if "tasks" in fields:
        for form in fields["tasks"]["anyOf"]:
            if form.get("type") == "array":
                form["items"] = {"enum": list(tasks)}
