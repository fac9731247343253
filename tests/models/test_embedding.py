from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, BaseModelError, ConfigError, DataError
from pipeline.models.base import TrainingData
from pipeline.models.embedding import EmbeddingModel
from pipeline.models.sentence_encoder import SentenceEncoder
from pipeline.settings.baselines import EmbeddingSettings

TEXTS = ["we reject the resolution", "they support the report on rights in china , .", "the council met", ""]


@pytest.fixture(scope="module")
def settings(tiny_encoder: Path) -> EmbeddingSettings:
    return EmbeddingSettings(
        name_or_path=str(tiny_encoder), squared_C=[10.0, 1000.0], logistic_C=[1000.0], inner_folds=3
    )


@pytest.fixture(scope="module")
def fitted(
    settings: EmbeddingSettings, codebook: Codebook, data: TrainingData
) -> tuple[EmbeddingModel, dict[str, Any]]:
    model = EmbeddingModel(settings, codebook)
    return model, model.fit(data, seed=3)


def test_vectors_are_means_of_token_states_of_length_1(tiny_encoder: Path) -> None:
    encoder = SentenceEncoder.pretrained(str(tiny_encoder), "", "", 16)
    found = encoder.encode(TEXTS)
    assert found.shape == (len(TEXTS), 16)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    for row, text in enumerate(TEXTS):
        states = encoder.network(**encoder.tokenizer(text, return_tensors="pt")).last_hidden_state[0].detach().numpy()
        mean = states.mean(axis=0)
        assert found[row] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_long_texts_are_cut(tiny_encoder: Path) -> None:
    encoder = SentenceEncoder.pretrained(str(tiny_encoder), "", "", 8)
    found = encoder.encode(
        ["we reject the resolution on rights in", "we reject the resolution on rights in " + "vote " * 500]
    )
    assert found[0] == pytest.approx(found[1], abs=1e-5)


def test_it_learns_the_labels_of_its_training_sentences(
    fitted: tuple[EmbeddingModel, dict[str, Any]], codebook: Codebook, data: TrainingData
) -> None:
    found = fitted[0].predict_proba([one.text for one in data.sentences])["stance"]
    gold = [codebook.index("stance", str(one.labels["stance"])) for one in data.sentences]
    assert (found.argmax(axis=1) == gold).mean() > 0.8
    assert found.sum(axis=1) == pytest.approx(1)


def test_choice_and_cost_are_reported(fitted: tuple[EmbeddingModel, dict[str, Any]]) -> None:
    details = fitted[1]
    json.dumps(details, allow_nan=False)
    for entry in details["tasks"].values():
        assert entry["chosen"]["macro_f1"] == max(trial["macro_f1"] for trial in entry["candidates"])
    assert details["sentences"] == {"documents": 36, "composed": 12}


def test_prepared_vectors_give_the_same_model(
    fitted: tuple[EmbeddingModel, dict[str, Any]],
    settings: EmbeddingSettings,
    codebook: Codebook,
    data: TrainingData,
    tmp_path: Path,
) -> None:
    assert settings.prepares
    EmbeddingModel(settings, codebook).prepare(data.composed, 1, tmp_path)
    model = EmbeddingModel(settings, codebook)
    model.fit(data, 3, prepared=tmp_path)
    before, after = fitted[0].predict_proba(TEXTS), model.predict_proba(TEXTS)
    assert all(np.array_equal(before[task], after[task]) for task in before)


def test_prepared_vectors_of_other_sentences_are_refused(
    settings: EmbeddingSettings, codebook: Codebook, data: TrainingData, tmp_path: Path
) -> None:
    EmbeddingModel(settings, codebook).prepare(data.composed[1:], 1, tmp_path)
    with pytest.raises(ArtifactError, match="belongs to other sentences"):
        EmbeddingModel(settings, codebook).fit(data, 3, prepared=tmp_path)
    (tmp_path / "composed.npz").write_bytes(b"PK")
    with pytest.raises(ArtifactError, match="missing or broken"):
        EmbeddingModel(settings, codebook).fit(data, 3, prepared=tmp_path)


def test_a_saved_model_predicts_the_same_without_the_encoder_it_came_from(
    fitted: tuple[EmbeddingModel, dict[str, Any]], tmp_path: Path
) -> None:
    fitted[0].save(tmp_path)
    note = json.loads((tmp_path / "model.json").read_text())
    note["settings"]["name_or_path"] = "gone"
    (tmp_path / "model.json").write_text(json.dumps(note))
    loaded = EmbeddingModel.load(tmp_path)
    before, after = fitted[0].predict_proba(TEXTS), loaded.predict_proba(TEXTS)
    assert all(np.array_equal(before[task], after[task]) for task in before)


@pytest.mark.parametrize("name", ["arrays.npz", "encoder.safetensors", "encoder_config.json", "tokenizer.json"])
def test_missing_or_truncated_files_are_refused(
    fitted: tuple[EmbeddingModel, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    fitted[0].save(tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtifactError, match=f"{name} was altered or cut short"):
        EmbeddingModel.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ArtifactError, match=f"{name} is missing"):
        EmbeddingModel.load(tmp_path)


def test_bad_input_is_refused(codebook: Codebook, settings: EmbeddingSettings, data: TrainingData) -> None:
    with pytest.raises(ConfigError, match=r"embedding\.max_length=4 is out of range"):
        EmbeddingSettings(max_length=4)
    with pytest.raises(BaseModelError, match="does not exist"):
        EmbeddingModel(EmbeddingSettings(name_or_path="/no/such/folder"), codebook).fit(data, 1)
    with pytest.raises(DataError, match="got no document sentences"):
        EmbeddingModel(settings, codebook).fit(replace(data, sentences=[]), 1)
    with pytest.raises(DataError, match="call fit or load first"):
        EmbeddingModel(settings, codebook).predict_proba(["Anything."])
