"""Texts that are nearly the same: exact search for pairs of high character 3-gram Jaccard similarity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.records import LabeledSentence

ROWS = 256
"""Texts joined with all others at once; bounds the memory."""
SHARED = 10
"""3-grams that two prefixes must share: more make the prefixes longer and the candidates fewer."""

Pairs = NDArray[np.intp]
"""Shape (pairs, 2): positions of two texts, the lower first, in ascending order."""


def near_duplicate_pairs(texts: Sequence[str], threshold: float) -> Pairs:
    """All pairs of `texts` whose sets of character 3-grams have a Jaccard similarity of at least `threshold` in (0, 1].

    Case and runs of white space are ignored, and a space is set at either end, so that a text of one character has a
    3-gram too. The search is exact: its filter leaves out only pairs that cannot reach the threshold, and the rest is
    verified. Similar texts are of similar length and share `SHARED` of their rarest 3-grams (Wang, Li and Feng, "Can We
    Beat the Prefix Filtering?", 2012). Takes about linear time in ordinary prose.
    """
    if len(texts) < 2:
        return np.empty((0, 2), dtype=np.intp)
    grams = _grams(texts)
    sizes = np.diff(grams.indptr)
    by_size = np.argsort(sizes, kind="stable")
    grams, sizes = grams[by_size], sizes[by_size]
    # Two similar sets share at least `least` of either's elements; the tolerance keeps 0.8 * 5 from becoming 5.
    least = np.ceil(threshold * sizes - 1e-9).astype(np.intp)
    need = np.minimum(SHARED, least)
    prefixes = _prefixes(grams, sizes - least + need)
    found = [np.empty((0, 2), dtype=np.intp)]
    for start in range(0, len(texts), ROWS):
        end = min(start + ROWS, len(texts))
        longest = np.searchsorted(sizes, sizes[end - 1] / threshold + 1e-9, side="right")
        meeting = (prefixes[start:end] @ prefixes[start:longest].T).tocoo()
        left, right = meeting.row + start, meeting.col + start
        candidates = (left < right) & (meeting.data >= np.minimum(need[left], need[right]))
        left, right = left[candidates], right[candidates]
        shared = np.asarray(grams[left].multiply(grams[right]).sum(axis=1)).ravel()
        similar = shared >= threshold * (sizes[left] + sizes[right] - shared) - 1e-9
        found.append(np.sort(by_size[np.stack([left[similar], right[similar]], axis=1)], axis=1))
    pairs = np.concatenate(found)
    return pairs[np.lexsort([pairs[:, 1], pairs[:, 0]])]


def near_duplicates_of(
    composed: Sequence[LabeledSentence], sentences: Sequence[LabeledSentence], threshold: float
) -> tuple[str, ...]:
    """Ids of the `composed` sentences that are near-duplicates of any of `sentences`: not to be trained on.

    With a `threshold` of 0 none are looked for.
    """
    if not composed or threshold == 0:
        return ()
    pairs = near_duplicate_pairs([one.text for one in (*composed, *sentences)], threshold)
    across = (pairs[:, 0] < len(composed)) & (pairs[:, 1] >= len(composed))
    return tuple(composed[position].id for position in np.unique(pairs[across, 0]))


def _grams(texts: Sequence[str]) -> sparse.csr_matrix:
    """Binary matrix of shape (texts, 3-grams), the columns from the rarest 3-gram to the most frequent."""
    vectorizer = CountVectorizer(analyzer="char", ngram_range=(3, 3), binary=True, dtype=np.int32)
    grams = vectorizer.fit_transform([f" {' '.join(text.casefold().split())} " for text in texts])
    frequency = np.asarray(grams.sum(axis=0)).ravel()
    grams = grams[:, np.argsort(frequency, kind="stable")]
    grams.sort_indices()
    return grams


def _prefixes(grams: sparse.csr_matrix, lengths: NDArray[np.intp]) -> sparse.csr_matrix:
    """The first `lengths` entries of each row: its rarest 3-grams."""
    sizes = np.diff(grams.indptr)
    rank = np.arange(grams.nnz) - np.repeat(grams.indptr[:-1], sizes)
    kept = rank < np.repeat(lengths, sizes)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_matrix((grams.data[kept], grams.indices[kept], indptr), shape=grams.shape)
