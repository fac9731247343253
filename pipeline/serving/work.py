"""From a request to the sentences that it asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.inference.items import Item, unencodable
from pipeline.serving.batching import Options
from pipeline.serving.documents import Splitter
from pipeline.serving.limits import Limits
from pipeline.serving.problems import Refusal
from pipeline.serving.schema import ClassifyRequest, ContextualText, ManyTexts, OneText


async def items_of(request: ClassifyRequest, splitter: Splitter, limits: Limits, targets: Sequence[str]) -> list[Item]:
    """The sentences of `request`; raises Refusal where it goes beyond the limits or cannot be read.

    `targets` are those that the model knows; where there are any, each sentence needs one.
    """
    if isinstance(request, OneText):
        items = _numbered([ContextualText(text=request.text, context=request.context)])
    elif isinstance(request, ManyTexts):
        if len(request.texts) > limits.texts:
            detail = f"texts holds {len(request.texts):,}, at most {limits.texts:,} a request; send several requests"
            raise Refusal(422, detail)
        items = _numbered([ContextualText(text=text) if isinstance(text, str) else text for text in request.texts])
    else:
        items = await splitter.split(request.document)
    items = [replace(item, target=item.target or request.target) for item in items]
    if targets and not all(item.target for item in items):
        raise Refusal(422, f"this model knows stances towards {', '.join(targets)}; give a target")
    _check(items, request.explain, limits)
    return items


def options_of(request: ClassifyRequest, tasks: Sequence[str]) -> Options:
    """What `request` wants to know of them; raises Refusal for a task that is not among `tasks`."""
    if unknown := [task for task in request.tasks or () if task not in tasks]:
        raise Refusal(422, f"unknown task {unknown[0][:100]!r}; this model answers {', '.join(tasks)}")
    return Options(tasks if request.tasks is None else request.tasks, request.explain, request.abstain_below)


def _numbered(texts: Sequence[ContextualText]) -> list[Item]:
    return [Item(str(number), text.text, text.context, target=text.target) for number, text in enumerate(texts, 1)]


def _check(items: Sequence[Item], explain: bool, limits: Limits) -> None:
    for number, item in enumerate(items, 1):
        if not item.text.strip():
            raise Refusal(422, f"text {number} is empty; give a sentence or leave it out")
        for name, text in (
            ("text", item.text),
            ("the context of text", item.context),
            ("the target of text", item.target),
        ):
            if reason := unencodable(text):
                raise Refusal(422, f"{name} {number}: {reason}; repair the text or leave it out")
            if len(text) > limits.characters:
                raise Refusal(
                    422,
                    f"{name} {number} has {len(text):,} characters, at most {limits.characters:,} are taken;"
                    " send it as a document, which is split into sentences",
                )
    if explain and sum(len(item.text) for item in items) > limits.explained_characters:
        detail = f"at most {limits.explained_characters:,} characters are explained a request"
        raise Refusal(422, f"{detail}; ask without explain first, then for the sentences that matter")
