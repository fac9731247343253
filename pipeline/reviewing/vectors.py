"""Sentences as vectors of length 1, so that near ones mean or say something similar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Vectors: TypeAlias = NDArray[np.float32] | csr_matrix
"""Shape (sentences, dimensions); every row has length 1, or 0 where nothing of the sentence is known."""

ENCODER, TFIDF = "encoder", "tfidf"
KINDS = (ENCODER, TFIDF)
_MAX_TOKENS = 128


def sentence_vectors(texts: Sequence[str], kind: str) -> Vectors:
    """Vectors of `texts`: of the packaged sentence encoder, or of the TF-IDF weighted character n-grams in `texts`.

    Raises BaseModelError where the encoder cannot be found.
    """
    if kind == ENCODER:
        from pipeline.models.encoder import DEFAULT_NAME
        from pipeline.models.sentence_encoder import SentenceEncoder

        return SentenceEncoder.pretrained(DEFAULT_NAME, "", "", _MAX_TOKENS).encode(texts)
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32)
    found: csr_matrix = vectorizer.fit_transform([text or " " for text in texts])
    return found
