"""The TF-IDF baseline answers through the same classifier."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import ArtifactError
from pipeline.inference.classifier import Classifier
from pipeline.inference.explanation import shared_weights
from pipeline.inference.items import Item
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models.base import TrainingData
from pipeline.models.tfidf import TfidfModel
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import TfidfSettings

TEXTS = {
    "against": "we oppose the resolution",
    "favor": "we support the resolution",
    "neutral": "the council met on monday",
}


@pytest.fixture(scope="module")
def fitted() -> TfidfModel:
    sentences = [
        LabeledSentence(f"{label}{n}", f"{text} {'again ' * n}", {"stance": label}, document=f"d{n}")
        for n in range(6)
        for label, text in TEXTS.items()
    ]
    settings = TfidfSettings(
        squared_C=[1.0], logistic_C=[], class_weight=["none"], composed_weight=[0.0], inner_folds=2, min_df=1
    )
    codebook = Codebook("toy", "1", tasks={"stance": Task(labels=dict.fromkeys(TEXTS, ""))})
    model = TfidfModel(settings, codebook)
    model.fit(TrainingData(sentences, {sentence.id: str(sentence.document) for sentence in sentences}), seed=1)
    return model


@pytest.fixture
def folder(fitted: TfidfModel, tmp_path: Path) -> Path:
    ArtifactFolder(tmp_path / "tfidf").ensure(Work("final", {}, {}, "code"), tmp_path, fitted.save)
    return tmp_path / "tfidf"


def test_it_says_what_the_model_says(fitted: TfidfModel, folder: Path) -> None:
    records = Classifier.load(folder).predict(list(TEXTS.values()))
    assert [record["stance"].label for record in records] == list(TEXTS)
    expected = fitted.predict_proba(list(TEXTS.values()))["stance"]
    found = [list(record["stance"].scores.values()) for record in records]
    assert found == [pytest.approx(row, abs=1e-6) for row in expected]
    assert records[0].model.startswith("tfidf-")


def test_its_weights_explain_it(folder: Path) -> None:
    classifier = Classifier.load(folder)
    text = "Today we OPPOSE the resolution."
    (record,) = classifier.predict([text])
    words = classifier.explain(Item("1", text), record)["stance"]
    assert max(words, key=lambda word: word.weight).word == "OPPOSE"
    assert classifier.explanation_method.startswith("weights")


def test_an_ngram_is_divided_among_the_words_that_hold_it() -> None:
    words = shared_weights(
        "We oppose it; they oppose us", [("oppose", 1.0), ("we oppose", 0.9), ("_it", 0.5), ("zz", 9)]
    )
    assert [(word.word, word.weight) for word in words] == [
        ("We", 0.3), ("oppose", 0.8), ("it", 0.5), ("they", 0.0), ("oppose", 0.8), ("us", 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["vocabulary.json", "arrays.npz", "model.json"])
def test_an_altered_file_is_refused(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtifactError, match=f"{name} was altered or cut short"):
        Classifier.load(folder)
