from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.models.base import TrainingData
from pipeline.models.floors import MajorityModel, StratifiedModel
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import MajoritySettings, StratifiedSettings, TfidfSettings

Floor = MajorityModel | StratifiedModel


def labeled(*labels: tuple[str, str | None]) -> TrainingData:
    sentences = [
        LabeledSentence(id=f"s{index}", text=f"Sentence {index}.", labels={"stance": stance, "frame": frame})
        for index, (stance, frame) in enumerate(labels)
    ]
    return TrainingData(sentences, {sentence.id: sentence.id for sentence in sentences})


@pytest.fixture
def data() -> TrainingData:
    """Stance: against 1, favor 0, neutral 3. Frame: none 2, dialogue 1, one sentence without."""
    return labeled(("against", "none"), ("neutral", "none"), ("neutral", "dialogue"), ("neutral", None))


@pytest.fixture(params=["majority", "stratified"])
def floor(request: pytest.FixtureRequest, codebook: Codebook) -> Floor:
    if request.param == "majority":
        return MajorityModel(MajoritySettings(), codebook)
    return StratifiedModel(StratifiedSettings(), codebook)


def test_majority_is_sure_of_the_most_frequent_label(codebook: Codebook, data: TrainingData) -> None:
    model = MajorityModel(MajoritySettings(), codebook)
    details = model.fit(data, seed=1)
    found = model.predict_proba(["Anything.", "Something else."])
    assert found["stance"].tolist() == [[0, 0, 1], [0, 0, 1]]
    assert found["frame"].tolist() == [[0, 0, 1, 0], [0, 0, 1, 0]]
    assert details["counts"]["frame"] == {"sovereignty": 0, "accountability": 0, "none": 2, "dialogue": 1}


def test_majority_takes_the_first_of_equally_frequent_labels(codebook: Codebook) -> None:
    model = MajorityModel(MajoritySettings(), codebook)
    model.fit(labeled(("neutral", "none"), ("favor", "dialogue")), seed=1)
    found = model.predict_proba(["Anything."])
    assert found["stance"].argmax() == 1
    assert found["frame"].argmax() == 2


def test_stratified_guesses_with_the_frequencies_of_the_labels(codebook: Codebook, data: TrainingData) -> None:
    model = StratifiedModel(StratifiedSettings(), codebook)
    model.fit(data, seed=1)
    found = model.predict_proba([f"Text {number}" for number in range(4000)])
    assert found["stance"].mean(axis=0) == pytest.approx([1 / 4, 0, 3 / 4], abs=0.03)
    assert found["frame"].mean(axis=0) == pytest.approx([0, 0, 2 / 3, 1 / 3], abs=0.03)
    assert set(np.unique(found["stance"])) == {0.0, 1.0}


def test_stratified_guesses_depend_on_seed_and_text_but_not_on_the_batch(
    codebook: Codebook, data: TrainingData
) -> None:
    texts = [f"Text {number}" for number in range(200)]
    guesses = {}
    for seed in (1, 2):
        model = StratifiedModel(StratifiedSettings(), codebook)
        model.fit(data, seed)
        guesses[seed] = model.predict_proba(texts)["stance"]
        assert np.array_equal(model.predict_proba(texts[::-1])["stance"], guesses[seed][::-1])
    assert not np.array_equal(guesses[1], guesses[2])


def test_no_texts_give_no_rows(floor: Floor, data: TrainingData) -> None:
    floor.fit(data, seed=1)
    assert {task: found.shape for task, found in floor.predict_proba([]).items()} == {"stance": (0, 3), "frame": (0, 4)}


def test_a_task_without_labels_is_refused(floor: Floor) -> None:
    with pytest.raises(DataError, match="no training sentence has a frame label"):
        floor.fit(labeled(("neutral", None)), seed=1)


def test_a_label_outside_the_codebook_is_refused(floor: Floor) -> None:
    with pytest.raises(DataError, match="unknown stance label 'hostile'"):
        floor.fit(labeled(("hostile", "none")), seed=1)


def test_prediction_before_fit_is_refused(floor: Floor) -> None:
    with pytest.raises(DataError, match="call fit or load first"):
        floor.predict_proba(["Anything."])


def test_a_saved_floor_predicts_as_before(floor: Floor, data: TrainingData, tmp_path: Path) -> None:
    floor.fit(data, seed=1)
    floor.save(tmp_path)
    loaded = type(floor).load(tmp_path)
    texts = [f"Text {number}" for number in range(50)]
    before, after = floor.predict_proba(texts), loaded.predict_proba(texts)
    assert all(np.array_equal(before[task], after[task]) for task in before)
    assert loaded.codebook.identifier == "toy/1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2, this version reads 1"),
        ({"kind": "tfidf"}, "does not describe a"),
        ({"tasks": {}}, "incomplete or altered"),
        ({"seed": 1, "counts": None}, "no label counts for every task"),
        ({"seed": 1, "counts": {"stance": [1, 2], "frame": [1, 0, 0, 0]}}, "stance has other labels"),
        ({"seed": 1, "counts": {"stance": [0, 0, 0], "frame": [1, 0, 0, 0]}}, "stance has counts"),
        ({"settings": {"unknown": 1}}, "settings that do not fit"),
    ],
)
def test_an_altered_floor_is_refused(
    floor: Floor, data: TrainingData, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    floor.fit(data, seed=1)
    floor.save(tmp_path)
    note = tmp_path / "model.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), **change}))
    with pytest.raises(ArtifactError, match=message) as caught:
        type(floor).load(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_missing_or_cut_note_is_refused(floor: Floor, data: TrainingData, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"model\.json is missing"):
        type(floor).load(tmp_path)
    floor.fit(data, seed=1)
    floor.save(tmp_path)
    note = tmp_path / "model.json"
    note.write_text(note.read_text()[:40])
    with pytest.raises(ArtifactError, match=r"model\.json is not valid JSON"):
        type(floor).load(tmp_path)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"inner_folds": 1}, "tfidf.inner_folds=1 is out of range"),
        ({"squared_C": [0.0]}, "tfidf.squared_C=0 is out of range"),
        ({"composed_weight": [2.0]}, "tfidf.composed_weight=2 is out of range"),
        ({"composed_weight": []}, "tfidf.composed_weight is empty"),
        ({"squared_C": [], "logistic_C": []}, "are both empty"),
        ({"class_weight": ["heavy"]}, "tfidf.class_weight='heavy' is unknown"),
        ({"word_ngrams": [2, 1]}, r"tfidf.word_ngrams=\[2, 1\] is no range"),
        ({"char_ngrams": [3]}, r"tfidf.char_ngrams=\[3\] is no range"),
        ({"min_df": 0}, "tfidf.min_df=0 is out of range"),
        ({"char_share": 1.5}, "tfidf.char_share=1.5 is out of range"),
    ],
)
def test_settings_out_of_range_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        TfidfSettings(**values)
