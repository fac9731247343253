from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainerControl, TrainerState, TrainingArguments

from pipeline.artifacts import sha256_file
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.models.base import TrainingData
from pipeline.models.callbacks import AVERAGE_EVERY, AverageWeights
from pipeline.models.multitask import MultiTaskLoss
from pipeline.models.precision import bfloat16_is_native
from pipeline.models.transformer import TransformerModel
from pipeline.records import LabeledSentence
from pipeline.settings.transformer import TransformerSettings

TEXTS = ["we reject the resolution", "the council met on monday , , ,", "they support the report on rights"]


@pytest.fixture(scope="session")
def settings(tiny_encoder: Path) -> TransformerSettings:
    return TransformerSettings(
        name_or_path=str(tiny_encoder),
        max_length=16,
        prepare_epochs=1,
        epochs=1,
        learning_rate=5e-3,
        prepare_learning_rate=5e-3,
        batch_size=8,
        development_fraction=0.25,
    )


@pytest.fixture(scope="session")
def fitted(settings: TransformerSettings, codebook: Codebook, data: TrainingData) -> TransformerModel:
    model = TransformerModel(settings, codebook)
    model.fit(data, seed=1)
    return model


@pytest.fixture
def saved(fitted: TransformerModel, tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    fitted.save(folder)
    return folder


def refit(settings: TransformerSettings, codebook: Codebook, data: TrainingData, seed: int) -> dict[str, Any]:
    model = TransformerModel(settings, codebook)
    model.fit(data, seed=seed)
    return dict(model.predict_proba(TEXTS))


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return all(np.array_equal(first[task], second[task]) for task in first)


def alter_note(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_probabilities_follow_the_codebook(fitted: TransformerModel, codebook: Codebook) -> None:
    found = fitted.predict_proba(TEXTS)
    assert list(found) == list(codebook.tasks)
    for task, values in found.items():
        assert values.shape == (3, len(codebook.labels(task)))
        assert values.dtype == np.float64
        np.testing.assert_allclose(values.sum(axis=1), 1.0, atol=1e-12)


def test_no_text_gives_empty_probabilities(fitted: TransformerModel) -> None:
    assert fitted.predict_proba([])["stance"].shape == (0, 3)


def test_odd_texts_are_classified(fitted: TransformerModel) -> None:
    found = fitted.predict_proba(["", "reject " * 5000, "\u65e5\u672c \U0001f600"])
    assert np.isfinite(found["frame"]).all()


def test_a_text_keeps_its_probabilities_in_any_company(fitted: TransformerModel) -> None:
    texts = [f"{text}{' ,' * (number % 7)}" for number, text in enumerate(TEXTS * 30)]
    together = fitted.predict_proba(texts)["stance"]
    alone = np.vstack([fitted.predict_proba([text])["stance"] for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_it_learns_what_words_decide_and_saves_what_it_learned(
    precision: str, settings: TransformerSettings, codebook: Codebook, data: TrainingData, tmp_path: Path
) -> None:
    learning = replace(
        settings, precision=precision, epochs=12, patience=12, learning_rate=1e-2, dropout=0.0, freeze_embeddings=False
    )
    model = TransformerModel(replace(learning, composed="none"), codebook)
    assert model.fit(data, seed=3)["precision"] == precision
    found = model.predict_proba([sentence.text for sentence in data.sentences])["stance"].argmax(axis=1)
    gold = [codebook.index("stance", sentence.labels["stance"] or "") for sentence in data.sentences]
    assert np.mean(found == gold) > 0.9
    model.save(tmp_path)
    assert same(dict(model.predict_proba(TEXTS)), dict(TransformerModel.load(tmp_path).predict_proba(TEXTS)))


def test_the_precision_is_chosen_or_the_processors_own(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    single = refit(replace(settings, precision="fp32"), codebook, data, seed=1)
    mixed = refit(replace(settings, precision="bf16"), codebook, data, seed=1)
    own = refit(settings, codebook, data, seed=1)
    assert not same(single, mixed)
    assert same(own, mixed if bfloat16_is_native() else single)


def test_equal_seeds_give_equal_models_and_others_do_not(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData, fitted: TransformerModel
) -> None:
    before = dict(fitted.predict_proba(TEXTS))
    torch.manual_seed(99)
    assert same(before, refit(settings, codebook, data, seed=1))
    assert not same(before, refit(settings, codebook, data, seed=2))


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_preparation_is_worth_the_same_done_ahead_or_in_fit(
    precision: str, settings: TransformerSettings, codebook: Codebook, data: TrainingData, tmp_path: Path
) -> None:
    settings = replace(settings, precision=precision)
    model = TransformerModel(settings, codebook)
    model.prepare(data.composed, 1, tmp_path)
    model.fit(data, 1, prepared=tmp_path)
    assert same(dict(model.predict_proba(TEXTS)), refit(settings, codebook, data, seed=1))


@pytest.mark.parametrize("use", ["none", "mixed"])
def test_nothing_is_prepared_where_folds_share_nothing(
    use: str, settings: TransformerSettings, codebook: Codebook, composed: list[LabeledSentence], tmp_path: Path
) -> None:
    changed = replace(settings, composed=use)
    TransformerModel(changed, codebook).prepare(composed, 1, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not changed.prepares


def test_composed_sentences_matter_only_where_they_are_used(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    without = TrainingData(data.sentences, data.groups)
    alone = replace(settings, composed="none")
    assert same(refit(alone, codebook, data, 1), refit(alone, codebook, without, 1))
    mixed = replace(settings, composed="mixed")
    assert not same(refit(mixed, codebook, data, 1), refit(mixed, codebook, without, 1))


def test_broken_preparation_is_refused(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError, match="missing"):
        TransformerModel(settings, codebook).fit(data, 1, prepared=tmp_path)
    TransformerModel(settings, codebook).prepare(data.composed, 1, tmp_path)
    weights = tmp_path / "prepared.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ArtifactError, match="cut short"):
        TransformerModel(settings, codebook).fit(data, 1, prepared=tmp_path)


def test_a_task_without_any_label_does_not_spoil_the_others(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    bare = [replace(sentence, labels={**sentence.labels, "frame": None}) for sentence in data.sentences]
    model = TransformerModel(replace(settings, composed="none"), codebook)
    details = model.fit(TrainingData(bare, data.groups), seed=1)
    assert details["temperatures"]["frame"] == 1.0
    assert np.isfinite(model.predict_proba(TEXTS)["frame"]).all()


def test_without_development_part_the_last_epoch_is_kept_uncalibrated(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    details = TransformerModel(replace(settings, development_fraction=0.0), codebook).fit(data, seed=1)
    assert details["development_log_losses"] == []
    assert details["best_epoch"] == settings.epochs
    assert set(details["temperatures"].values()) == {1.0}


def test_training_stops_after_patience_runs_out(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    patient = replace(settings, epochs=40, learning_rate=5e-2, composed="none", patience=2, averaging=0.0)
    details = TransformerModel(patient, codebook).fit(data, seed=1)
    assert len(details["development_log_losses"]) == details["best_epoch"] + 2 < 40


def test_averaged_weights_are_the_mean_of_what_training_went_through(tmp_path: Path) -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    average = AverageWeights(model, share=0.5)
    arguments = TrainingArguments(str(tmp_path))
    state = TrainerState(max_steps=4 * AVERAGE_EVERY)
    for step in range(1, state.max_steps + 1):
        torch.nn.init.constant_(model.weight, float(step))
        state.global_step = step
        average.on_step_end(arguments, state, TrainerControl())
    average.restore()
    assert model.weight.item() == pytest.approx(3.5 * AVERAGE_EVERY)  # of 3 and 4 times as many steps


def test_averaging_changes_the_model_and_needs_no_epoch_chosen(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    long = replace(settings, epochs=20, composed="none", learning_rate=5e-2)
    averaged = TransformerModel(replace(long, averaging=0.9), codebook)
    details = averaged.fit(data, seed=1)
    assert details["development_log_losses"] == []
    assert details["best_epoch"] == 20
    assert not same(dict(averaged.predict_proba(TEXTS)), refit(replace(long, averaging=0.0), codebook, data, seed=1))


def test_development_scores_are_reported_a_task(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    scores = TransformerModel(settings, codebook).fit(data, seed=1)["development"]
    assert set(scores) == set(codebook.tasks)
    assert all(0.0 <= task["macro_f1"] <= 1.0 and task["log_loss"] > 0.0 for task in scores.values())


def test_fit_says_what_it_cost_in_json(fitted: TransformerModel, codebook: Codebook, data: TrainingData) -> None:
    details = TransformerModel(fitted.settings, codebook).fit(data, seed=1)
    assert json.loads(json.dumps(details)) == details
    assert details["sentences_seen"] > 0
    assert details["seconds"] > 0
    assert 0 < details["development_sentences"] < len(data.sentences)


def test_fit_leaves_no_files(
    settings: TransformerSettings,
    codebook: Codebook,
    data: TrainingData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch, here = tmp_path / "scratch", tmp_path / "here"
    scratch.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    TransformerModel(settings, codebook).fit(data, seed=1)
    assert [*scratch.iterdir(), *here.iterdir()] == []


def test_progress_is_reported_step_by_step(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    seen: list[tuple[int, int, str]] = []
    model = TransformerModel(settings, codebook)
    model.on_progress = lambda done, total, phase: seen.append((done, total, phase))
    model.fit(data, seed=1)
    assert {phase for _, _, phase in seen} == {"composed", "documents"}
    documents = [(done, total) for done, total, phase in seen if phase == "documents"]
    assert [done for done, _ in documents] == list(range(1, documents[0][1] + 1))


def test_saved_model_predicts_the_same_without_network(
    fitted: TransformerModel, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("loading reached for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    loaded = TransformerModel.load(saved)
    assert same(dict(fitted.predict_proba(TEXTS)), dict(loaded.predict_proba(TEXTS)))
    assert loaded.codebook.identifier == fitted.codebook.identifier


def test_saved_folder_holds_only_harmless_formats(saved: Path) -> None:
    assert {path.suffix for path in saved.iterdir()} == {".json", ".safetensors"}
    note = json.loads((saved / "model.json").read_text())
    assert note["tasks"] == {
        "stance": ["against", "favor", "neutral"],
        "frame": ["sovereignty", "accountability", "none", "dialogue"],
    }
    assert (note["kind"], note["format"], note["codebook"], note["max_length"]) == ("transformer", 1, "toy/1", 16)


@pytest.mark.parametrize("name", ["model.safetensors", "encoder_config.json", "tokenizer.json", "model.json"])
def test_missing_file_is_named(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        TransformerModel.load(saved)


@pytest.mark.parametrize("name", ["model.safetensors", "encoder_config.json", "tokenizer.json"])
def test_altered_file_is_named(saved: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[-2] ^= 1
    (saved / name).write_bytes(bytes(content))
    with pytest.raises(ArtifactError, match=f"{name} was altered"):
        TransformerModel.load(saved)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "format 2"),
        ({"kind": "tfidf"}, "does not describe a transformer"),
        ({"tasks": {"stance": ["against", "favor", "neutral"]}}, "does not fit"),
        ({"temperatures": {"stance": 1.0}}, "incomplete or altered"),
        ({"temperatures": {"stance": 0.0, "frame": 1.0}}, "above 0"),
        ({"files": {}}, "does not list"),
        ({"files": {"../model.safetensors": ""}}, "does not list"),
    ],
)
def test_altered_note_is_refused_in_one_line(saved: Path, changes: dict[str, object], message: str) -> None:
    alter_note(saved, **changes)
    with pytest.raises(ArtifactError, match=message) as error:
        TransformerModel.load(saved)
    assert "\n" not in str(error.value)


def test_foreign_architecture_is_refused(saved: Path) -> None:
    config = saved / "encoder_config.json"
    config.write_text('{"model_type": "unheard-of"}')
    files = json.loads((saved / "model.json").read_text())["files"] | {config.name: sha256_file(config)}
    alter_note(saved, files=files)
    with pytest.raises(ArtifactError, match="no known encoder"):
        TransformerModel.load(saved)


def test_context_changes_predictions_only_where_it_is_on(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData, fitted: TransformerModel
) -> None:
    contexts = ["they vote no"] * len(TEXTS)
    assert not same(dict(fitted.predict_proba(TEXTS)), dict(fitted.predict_proba(TEXTS, contexts)))
    model = TransformerModel(replace(settings, context=False), codebook)
    model.fit(data, seed=1)
    assert same(dict(model.predict_proba(TEXTS)), dict(model.predict_proba(TEXTS, contexts)))


def test_frozen_parts_stay_as_they_were(settings: TransformerSettings, codebook: Codebook, data: TrainingData) -> None:
    model = TransformerModel(replace(settings, freeze_layers=1), codebook)
    model._start(1)
    before = {name: value.clone() for name, value in model.network.named_parameters()}
    model._tuning.on_composed(data.composed, 1)
    changed = {name for name, value in model.network.named_parameters() if not torch.equal(value, before[name])}
    assert changed
    assert not [name for name in changed if "embeddings" in name or "layer.0." in name]


def test_unusable_input_is_refused(settings: TransformerSettings, codebook: Codebook) -> None:
    model = TransformerModel(settings, codebook)
    with pytest.raises(DataError, match="no document sentences"):
        model.fit(TrainingData([], {}), seed=1)
    with pytest.raises(DataError, match="not been fitted"):
        model.predict_proba(TEXTS)
    with pytest.raises(ConfigError, match="task_weights names 'colour'"):
        TransformerModel(replace(settings, task_weights={"colour": 1.0}), codebook)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("learning_rate", 0.0),
        ("pooling", "max"),
        ("composed", "some"),
        ("replay", 1.5),
        ("development_fraction", 0.9),
        ("task_weights", {"stance": -1.0}),
    ],
)
def test_settings_out_of_range_are_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"transformer.{name}"):
        TransformerSettings(**{name: value})


def test_a_label_counts_as_much_as_its_confidence() -> None:
    loss = MultiTaskLoss([torch.ones(2)], [1.0], smoothing=0.0)
    logits = (torch.tensor([[2.0, 0.0], [2.0, 0.0]]),)
    labels = torch.tensor([[0], [1]])
    alone = [loss((logits[0][[row]],), labels[[row]], torch.ones(1, 1)).item() for row in (0, 1)]
    weighed = loss(logits, labels, torch.tensor([[0.75], [0.25]])).item()
    assert weighed == pytest.approx(0.75 * alone[0] + 0.25 * alone[1])


def test_confidence_changes_what_is_learned(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    doubted = [
        replace(one, confidence={"stance": 0.1} if number % 2 else {}) for number, one in enumerate(data.sentences)
    ]
    less_sure = TrainingData(doubted, data.groups, data.composed)
    assert not same(refit(settings, codebook, data, seed=1), refit(settings, codebook, less_sure, seed=1))
