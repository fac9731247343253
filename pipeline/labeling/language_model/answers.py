"""What a model said, held against the codebook: a label that is not in it is no label."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.codebook import Codebook

_FENCED = re.compile(r"```(?:json)?\s*\n(.*)\n```", re.DOTALL)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer of the endpoint. `content` is None where the model gave no text; token counts are as billed."""

    content: str | None
    refusal: str | None
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    model: str
    """Name that the endpoint gives its model, often with a version."""

    @classmethod
    def of(cls, body: Any, prompt_tokens: int, completion_tokens: int) -> Completion:
        """Read the body of an answer; the given token counts stand in where it has no usage. Raises ValueError."""
        try:
            choice = body["choices"][0]
            message = choice["message"]
            content, refusal = message.get("content"), message.get("refusal")
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise ValueError(f"it has no choices[0].message ({error!r})") from error
        if content is not None and not isinstance(content, str):
            raise ValueError(f"its content is {type(content).__name__}, not text")
        usage = body.get("usage")
        counted = usage if isinstance(usage, dict) else {}
        return cls(
            content=content,
            refusal=str(refusal) if refusal else None,
            finish_reason=str(choice.get("finish_reason") or ""),
            prompt_tokens=_count(counted.get("prompt_tokens"), prompt_tokens),
            completion_tokens=_count(counted.get("completion_tokens"), completion_tokens),
            model=str(body.get("model") or ""),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """The label of each task, None for an abstention, and why the model's answer gave none (by task)."""

    labels: Mapping[str, str | None]
    reasons: Mapping[str, str]


def read_completion(completion: Completion, codebook: Codebook) -> Reading:
    """Read an answer strictly: one JSON object with exactly the tasks as keys, each a label of the codebook or null.

    What is not so is an abstention with its reason; a wrong label of one task costs no right one of another.
    """
    problem, value = _object(completion, codebook)
    if problem:
        return Reading(dict.fromkeys(codebook.tasks), dict.fromkeys(codebook.tasks, problem))
    labels: dict[str, str | None] = {}
    reasons: dict[str, str] = {}
    for task in codebook.tasks:
        given = value[task]
        if given is None:
            reasons[task] = "undecided: the model answered null"
        elif not isinstance(given, str) or given not in codebook.labels(task):
            reasons[task] = f"invalid: {_short(json.dumps(given, ensure_ascii=False))} is no label of {task}"
        labels[task] = None if task in reasons else given
    return Reading(labels, reasons)


def _object(completion: Completion, codebook: Codebook) -> tuple[str, dict[str, Any]]:
    """Why there is no usable object (empty where there is one), and the object."""
    if completion.refusal:
        return f"refused: {_short(completion.refusal)}", {}
    if completion.finish_reason == "content_filter":
        return "refused: the endpoint's content filter held the answer back", {}
    if completion.finish_reason == "length":
        return "invalid: the answer was cut off; raise the limit of its tokens", {}
    if not completion.content or not completion.content.strip():
        return "invalid: the answer is empty", {}
    text = completion.content.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        value = json.loads(fenced.group(1) if fenced else text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return f"invalid: no JSON object: {_short(text)}", {}
    if not isinstance(value, dict):
        return f"invalid: {type(value).__name__} instead of an object", {}
    wrong = sorted(set(value) ^ set(codebook.tasks))
    if wrong:
        kind = "unknown" if wrong[0] in value else "missing"
        return f"invalid: {kind} key {_short(wrong[0])!r}", {}
    return "", value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _count(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise


def _short(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _SHOWN else folded[: _SHOWN - 1] + "…"
