"""TF-IDF features of word and character n-grams, on numpy alone: importing scikit-learn would outweigh a prediction.

The features are those of scikit-learn's TfidfVectorizer with `sublinear_tf` and `strip_accents="unicode"`: words
with `analyzer="word"`, characters with `analyzer="char_wb"`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Vector = tuple[NDArray[np.intp], NDArray[np.float64]]
"""Ascending columns of a text's n-grams and their values, both of shape (n-grams of the text,)."""

_WORD = re.compile(r"\b\w\w+\b")
_CACHED_TOKENS = 1 << 16


@dataclass(frozen=True, slots=True)
class NgramForm:
    """Which n-grams there are: lengths from low to high, both included, in words and in characters.

    An n-gram is known when at least `min_df` training texts have it. `char_share`, in [0, 1], is the share of the
    character n-grams in a text's squared length; the words have the rest.
    """

    words: tuple[int, int]
    characters: tuple[int, int]
    min_df: int
    char_share: float


class NgramTfidf:
    """Turns a text into its TF-IDF vector; word n-grams have the first columns, character n-grams the others."""

    def __init__(
        self, form: NgramForm, words: Sequence[str], characters: Sequence[str], idf: NDArray[np.float64]
    ) -> None:
        if len(idf) != len(words) + len(characters):
            raise ValueError(f"{len(idf)} frequencies for {len(words)} word and {len(characters)} character n-grams")
        self.form, self.words, self.characters, self.idf = form, tuple(words), tuple(characters), idf
        self._word_columns = {ngram: column for column, ngram in enumerate(self.words)}
        self._char_columns = {ngram: column for column, ngram in enumerate(self.characters, start=len(self.words))}
        self._columns_of = lru_cache(_CACHED_TOKENS)(self._token_columns)

    @classmethod
    def fit(cls, texts: Sequence[str], form: NgramForm) -> NgramTfidf:
        """Learn vocabulary and inverse document frequencies from `texts`."""
        words: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        known: dict[str, tuple[str, ...]] = {}
        for text in map(normalize, texts):
            words.update(set(word_ngrams(text, *form.words)))
            tokens = set(text.split())
            for token in tokens - known.keys():
                known[token] = tuple(char_ngrams(token, *form.characters))
            characters.update({ngram for token in tokens for ngram in known[token]})
        kept_words = sorted(ngram for ngram, df in words.items() if df >= form.min_df)
        kept_chars = sorted(ngram for ngram, df in characters.items() if df >= form.min_df)
        df = [*(words[ngram] for ngram in kept_words), *(characters[ngram] for ngram in kept_chars)]
        idf = np.log((1 + len(texts)) / (1 + np.array(df, dtype=np.float64))) + 1
        return cls(form, kept_words, kept_chars, idf)

    def __len__(self) -> int:
        return len(self.words) + len(self.characters)

    def names(self, columns: Iterable[int]) -> list[str]:
        """The n-grams of `columns`; in those of characters a space is written as an underscore."""
        words = len(self.words)
        return [
            self.words[column] if column < words else self.characters[column - words].replace(" ", "_")
            for column in columns
        ]

    def vector(self, text: str) -> Vector:
        """Features of one text. Each block has its share of the squared length, or 0 where no n-gram is known."""
        text = normalize(text)
        ngrams = word_ngrams(text, *self.form.words)
        in_words = [column for ngram in ngrams if (column := self._word_columns.get(ngram)) is not None]
        in_characters = [column for token in text.split() for column in self._columns_of(token)]
        word_part = self._weigh(in_words, 1 - self.form.char_share)
        char_part = self._weigh(in_characters, self.form.char_share)
        return np.concatenate([word_part[0], char_part[0]]), np.concatenate([word_part[1], char_part[1]])

    def _token_columns(self, token: str) -> tuple[int, ...]:
        ngrams = char_ngrams(token, *self.form.characters)
        return tuple(column for ngram in ngrams if (column := self._char_columns.get(ngram)) is not None)

    def _weigh(self, occurrences: list[int], share: float) -> Vector:
        columns, counts = np.unique(np.array(occurrences, dtype=np.intp), return_counts=True)
        values = (1 + np.log(counts)) * self.idf[columns]
        length = float(np.sqrt(values @ values))
        return columns, values * (np.sqrt(share) / length if length else 0.0)


def normalize(text: str) -> str:
    """Lower case without accents."""
    text = text.lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def word_ngrams(text: str, low: int, high: int) -> list[str]:
    """Runs of `low` to `high` neighbouring words, joined by spaces; a word has at least two letters or digits."""
    words: list[str] = _WORD.findall(text)
    return [" ".join(words[at : at + n]) for n in range(low, high + 1) for at in range(len(words) - n + 1)]


def char_ngrams(token: str, low: int, high: int) -> Iterator[str]:
    """Substrings of `low` to `high` characters of one token between two spaces; a shorter token counts once, whole."""
    padded = f" {token} "
    for n in range(low, high + 1):
        if n >= len(padded):
            yield padded
            return
        for at in range(len(padded) - n + 1):
            yield padded[at : at + n]
