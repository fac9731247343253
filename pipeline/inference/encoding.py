"""Texts as the transformer reads them, by the tokenizer's own file and library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pipeline.models.segments import second_segments


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids and segments of one text, both of the same length."""

    ids: list[int]
    segments: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of equal length; `positions` say where they stand among all. Arrays have shape (texts, tokens).

    Without padding, no computation is wasted on it, and a text's probabilities do not depend on longer companions.
    """

    positions: list[int]
    ids: NDArray[np.int64]
    segments: NDArray[np.int64]


class TextEncoder:
    """Cuts texts into tokens, at most `max_length`; `target` and `context` become a second segment where on."""

    def __init__(self, tokenizer: bytes, max_length: int, context: bool, target: bool = False) -> None:
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length)
        self._context, self._target = context, target

    def encode(
        self, texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str] | None = None
    ) -> list[Encoded]:
        """Tokens of each text; `contexts` tell what stands before it, `targets` what its stance is towards."""
        second = second_segments(len(texts), contexts, targets, context=self._context, target=self._target)
        inputs = list(texts) if second is None else list(zip(texts, second, strict=True))
        return [Encoded(found.ids, found.type_ids) for found in self._tokenizer.encode_batch(inputs)]


def batches(encoded: Sequence[Encoded], size: int) -> Iterator[Batch]:
    """Batches of at most `size` texts, the longest first, so that no straggler ends the work."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for position, each in enumerate(encoded):
        by_length[len(each.ids)].append(position)
    for length in sorted(by_length, reverse=True):
        same = by_length[length]
        for start in range(0, len(same), size):
            positions = same[start : start + size]
            ids = np.array([encoded[position].ids for position in positions], dtype=np.int64)
            segments = np.array([encoded[position].segments for position in positions], dtype=np.int64)
            yield Batch(positions, ids, segments)
