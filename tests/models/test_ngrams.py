from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.models.ngrams import NgramForm, NgramTfidf

FORM = NgramForm(words=(1, 2), characters=(2, 5), min_df=1, char_share=0.5)
TEXTS = [
    'China\'s envoy voted against the resolution; the DPRK "categorically" rejected it, it said.',
    "Türkiye and  Côte d'Ivoire abstained\ton A/RES/77/226 (2022).",
    "a I x",
    "The the THE resolution resolution RESOLUTION!",
    "中国反对。 Ελλάδα İstanbul ﬁnally ½ n°5",
    "",
]


def dense(features: NgramTfidf, text: str) -> np.ndarray:
    columns, values = features.vector(text)
    row = np.zeros(len(features))
    row[columns] = values
    return row


@pytest.mark.parametrize("min_df", [1, 2])
def test_features_are_those_of_scikit_learn(min_df: int) -> None:
    form = NgramForm(words=(1, 2), characters=(2, 5), min_df=min_df, char_share=0.5)
    features = NgramTfidf.fit(TEXTS, form)
    shared = {"sublinear_tf": True, "strip_accents": "unicode", "min_df": min_df}
    words = TfidfVectorizer(ngram_range=(1, 2), **shared).fit(TEXTS)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **shared).fit(TEXTS)
    assert list(features.words) == words.get_feature_names_out().tolist()
    assert list(features.characters) == characters.get_feature_names_out().tolist()
    unseen = "The envoy of Côte d'Ivoire rejected the the resolution on Mars."
    for text in (*TEXTS, unseen):
        parts = [words.transform([text]).toarray()[0], characters.transform([text]).toarray()[0]]
        assert dense(features, text) == pytest.approx(np.concatenate(parts) * np.sqrt(0.5), abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_blocks_share_the_squared_length(share: float) -> None:
    features = NgramTfidf.fit(TEXTS, NgramForm(words=(1, 2), characters=(2, 5), min_df=1, char_share=share))
    row = dense(features, TEXTS[0])
    assert row @ row == pytest.approx(1)
    assert row[len(features.words) :] @ row[len(features.words) :] == pytest.approx(share)


def test_a_text_of_unknown_ngrams_has_no_features() -> None:
    columns, values = NgramTfidf.fit(["aaa bbb"], FORM).vector("zzz")
    assert columns.size == values.size == 0


def test_columns_are_named_by_their_ngrams() -> None:
    features = NgramTfidf.fit(["no vote"], FORM)
    columns, _ = features.vector("no")
    assert features.names(columns) == ["no", "_n", "_no", "_no_", "no", "no_", "o_"]


def test_frequencies_must_match_the_vocabulary() -> None:
    with pytest.raises(ValueError, match="3 frequencies for 1 word and 1 character n-grams"):
        NgramTfidf(FORM, ["vote"], ["vo"], np.ones(3))
