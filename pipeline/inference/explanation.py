"""Which words a decision rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OCCLUSION = "occlusion: log-odds lost without the word (Zeiler and Fergus 2014; Li, Monroe and Jurafsky 2016)"
WEIGHTS = "weights: each n-gram's share of the log-odds against the other labels, divided among the words that hold it"
_WORD = re.compile(r"\w+(?:[-'\u2019.]\w+)*")
_FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class WordContribution:
    """What a word adds to the log-odds (in nats) of a label: positive speaks for it, negative against it.

    The word is `text[start:end]` of the sentence.
    """

    word: str
    start: int
    end: int
    weight: float


def occlusion(
    text: str,
    labels: Mapping[str, int],
    probabilities: Callable[[Sequence[str]], Mapping[str, NDArray[np.float64]]],
) -> dict[str, list[WordContribution]]:
    """Leave one word out at a time; `labels` maps a task to the index of the label to explain.

    A word's weight is the log-odds of the label with the word less those without it. That is faithful to the model by
    construction, since it is asked and not approximated; words that matter only together share no credit.
    """
    words = list(_WORD.finditer(text))
    without = [f"{text[: word.start()]} {text[word.end() :]}" for word in words]
    found = probabilities([text, *without])
    return {
        task: _contributions(words, odds[0] - odds[1:])
        for task, label in labels.items()
        for odds in [_log_odds(found[task][:, label])]
    }


def shared_weights(text: str, ngrams: Sequence[tuple[str, float]]) -> list[WordContribution]:
    """Divide each n-gram's contribution equally among the words of `text` that hold it.

    N-grams are those of `TfidfModel.contributions`: words joined by spaces, or characters with `_` at a word's edge.
    """
    from pipeline.models.ngrams import normalize

    words = list(_WORD.finditer(text))
    padded = [f"_{normalize(word.group())}_" for word in words]
    weights = np.zeros(len(words))
    for ngram, weight in ngrams:
        parts = ngram.split(" ") if " " in ngram else [ngram]
        holding = [index for index, word in enumerate(padded) if any(part in word for part in parts)]
        weights[holding] += weight / max(len(holding), 1)
    return _contributions(words, weights)


def _contributions(words: Sequence[re.Match[str]], weights: NDArray[np.float64]) -> list[WordContribution]:
    return [
        WordContribution(word.group(), word.start(), word.end(), round(float(weight), 4))
        for word, weight in zip(words, weights, strict=True)
    ]


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(probability, _FLOOR, 1 - _FLOOR)
    return np.asarray(np.log(clipped / (1 - clipped)))
