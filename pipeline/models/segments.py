"""What a transformer reads beside the sentence itself: one second segment, the same in training and inference."""

from __future__ import annotations

from collections.abc import Sequence

CONTEXT_WORDS = 40
"""Of a context, the words nearest before the sentence."""


def second_segments(
    count: int, contexts: Sequence[str] | None, targets: Sequence[str] | None, *, context: bool, target: bool
) -> list[str] | None:
    """The second segment of each of `count` sentences; None where a model reads neither `context` nor `target`.

    The target comes first, so that truncation cuts the context. What is missing is empty.
    """
    if not context and not target:
        return None
    nothing = [""] * count
    before = nothing if contexts is None or not context else [_nearest(text) for text in contexts]
    about = nothing if targets is None or not target else [" ".join(text.split()) for text in targets]
    return [": ".join(part for part in parts if part) for parts in zip(about, before, strict=True)]


def _nearest(context: str) -> str:
    return " ".join(context.split()[-CONTEXT_WORDS:])
