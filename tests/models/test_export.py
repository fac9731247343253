"""The ONNX forms say what the network says, whatever the company, or are not offered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, DataError
from pipeline.inference.classifier import Classifier
from pipeline.inference.encoding import Batch
from pipeline.inference.engine import OnnxEngine
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models import export as exporting
from pipeline.models.base import TrainingData
from pipeline.models.export import export
from pipeline.models.exportable import write_fp32
from pipeline.models.transformer import TransformerModel
from pipeline.records import LabeledSentence
from pipeline.settings.transformer import TransformerSettings


def trained(
    codebook: Codebook, encoder: Path, sentences: Sequence[LabeledSentence], folder: Path, seed: int
) -> TransformerModel:
    """A saved transformer that has learned a little."""
    settings = TransformerSettings(
        name_or_path=str(encoder),
        max_length=32,
        context=True,
        composed="none",
        epochs=8,
        learning_rate=1e-2,
        development_fraction=0.0,
        freeze_embeddings=False,
    )
    model = TransformerModel(settings, codebook)
    model.fit(TrainingData(sentences, {sentence.id: str(sentence.document) for sentence in sentences}), seed)
    folder.mkdir(exist_ok=True)
    model.save(folder)
    return model


def run(path: Path, rows: list[list[int]], task: str) -> Any:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    ids = np.array(rows, dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    return session.run([task], inputs)[0]


@pytest.fixture(scope="module")
def exported(
    codebook: Codebook,
    tiny_encoder: Path,
    sentences: list[LabeledSentence],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[TransformerModel, Path]:
    """A model that reads context, and its folder with both forms."""
    folder = tmp_path_factory.mktemp("exported")
    models: list[TransformerModel] = []

    def produce(scratch: Path) -> None:
        models.append(trained(codebook, tiny_encoder, sentences, scratch, seed=1))
        export(models[0].network, models[0].tokenizer, scratch, sentences)

    ArtifactFolder(folder).ensure(Work("final", {}, {}, "code"), folder, produce)
    return models[0], folder


def test_the_fp32_form_gives_the_networks_logits(exported: tuple[TransformerModel, Path]) -> None:
    model, folder = exported
    row = model.tokenizer("we reject the report on rights")["input_ids"]
    with torch.inference_mode():
        logits = model.network(torch.tensor([row]), torch.ones(1, len(row), dtype=torch.int64))
    for task, expected in zip(("stance", "frame"), logits, strict=True):
        np.testing.assert_allclose(run(folder / "model.onnx", [row], task), expected, atol=1e-5)


def test_the_classifier_says_what_the_trained_model_says(exported: tuple[TransformerModel, Path]) -> None:
    model, folder = exported
    texts = ["we reject the report", "no one met the council on monday , , ,", "unknown words", ""]
    contexts = ["", "they support the resolution", "the vote", "we"]
    expected = model.predict_proba(texts, contexts)
    records = Classifier.load(folder, precision="fp32").predict(texts, contexts=contexts)
    for task, labels in (("stance", 3), ("frame", 4)):
        found = np.array([list(record[task].scores.values()) for record in records])
        assert found.shape == (4, labels)
        np.testing.assert_allclose(found, expected[task], atol=2e-6)


@pytest.mark.parametrize("file", ["model.onnx", "model.int8.onnx"])
def test_logits_do_not_depend_on_the_batch(exported: tuple[TransformerModel, Path], file: str) -> None:
    _, folder = exported
    rows = [[2, 5 + index, 9, 11, 3] for index in range(9)]
    together = run(folder / file, rows, "frame")
    assert len(np.unique(together, axis=0)) > 1
    for index, row in enumerate(rows):
        np.testing.assert_array_equal(run(folder / file, [row], "frame")[0], together[index])


class Encoder(torch.nn.Module):
    """As wide as real encoders, and nothing but its vectors of words."""

    def __init__(self) -> None:
        super().__init__()
        self.words = torch.nn.Embedding(50, 384)

    def set_attn_implementation(self, name: str) -> None:
        pass

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        return SimpleNamespace(last_hidden_state=self.words(input_ids) * 1.5)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_pooling_and_heads_do_not_depend_on_the_batch_at_any_width(tmp_path: Path, pooling: str) -> None:
    network = torch.nn.Module()
    network.encoder, network.pooling = Encoder(), pooling
    network.heads = torch.nn.ModuleList([torch.nn.Linear(384, 3), torch.nn.Linear(384, 10)])
    write_fp32(network, tmp_path / "model.onnx", ["input_ids", "attention_mask"], ["stance", "frame"])
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    for tokens in (7, 20, 33):
        ids = np.random.default_rng(tokens).integers(0, 50, (16, tokens))
        together = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for count in (1, 2, 3, 7):
            some = session.run(None, {"input_ids": ids[:count], "attention_mask": np.ones_like(ids[:count])})
            for found, wanted in zip(some, together, strict=True):
                np.testing.assert_array_equal(found, wanted[:count])


def test_altered_weights_are_noticed(exported: tuple[TransformerModel, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(exported[1], tmp_path / "altered")
    weights = folder / "model.onnx.data"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"model\.onnx\.data was altered"):
        Classifier.load(folder, precision="fp32")
    weights.unlink()
    with pytest.raises(ArtifactError, match=r"model\.onnx\.data is missing"):
        Classifier.load(folder, precision="fp32")


def test_openvino_is_checked_where_it_is_installed(exported: tuple[TransformerModel, Path]) -> None:
    _, folder = exported
    note = json.loads((folder / "export.json").read_text())
    assert note["versions"]["openvino"]
    assert note["openvino"]["fp32"]["file"] == "model.onnx"
    assert note["openvino"]["fp32"]["offered"]
    found = Classifier.load(folder, engine="openvino", precision="fp32").predict(["we reject the report", "no one"] * 3)
    wanted = Classifier.load(folder, precision="fp32").predict(["we reject the report", "no one"] * 3)
    for theirs, ours in zip(found, wanted, strict=True):
        assert theirs["stance"].scores == pytest.approx(ours["stance"].scores, abs=1e-5)


def test_an_engine_that_errs_with_several_sentences_is_not_offered(
    exported: tuple[TransformerModel, Path],
    sentences: list[LabeledSentence],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Mixing:
        def __init__(self, model: Path, precision: str, inputs: list[str], tasks: list[str], threads: int) -> None:
            self.right = OnnxEngine(model, inputs, tasks)

        def logits(self, batch: Batch) -> dict[str, Any]:
            found = self.right.logits(batch)
            return {task: np.roll(values, len(values) > 1, axis=1) for task, values in found.items()}

    model, folder = exported
    shutil.copy(folder / "model.json", tmp_path)
    monkeypatch.setattr("pipeline.inference.openvino_engine.OpenVinoEngine", Mixing)
    assert export(model.network, model.tokenizer, tmp_path, sentences)["fp32"].offered
    verdict = json.loads((tmp_path / "export.json").read_text())["openvino"]["fp32"]
    assert not verdict["offered"]
    assert "a probability differs by" in verdict["reason"]


def test_where_openvino_is_missing_nothing_is_said_of_it(
    exported: tuple[TransformerModel, Path],
    sentences: list[LabeledSentence],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, folder = exported
    shutil.copy(folder / "model.json", tmp_path)
    monkeypatch.setattr(exporting, "find_spec", lambda name: None)
    export(model.network, model.tokenizer, tmp_path, sentences)
    note = json.loads((tmp_path / "export.json").read_text())
    assert note["openvino"] == {}
    assert "openvino" not in note["versions"]


def test_the_check_is_recorded(exported: tuple[TransformerModel, Path]) -> None:
    _, folder = exported
    note = json.loads((folder / "export.json").read_text())
    assert note["inputs"] == ["input_ids", "attention_mask", "token_type_ids"]
    assert note["sentences"] == {"calibrated": 18, "checked": 18}
    assert note["forms"]["fp32"]["offered"]
    assert note["forms"]["fp32"]["max_probability_difference"] < 1e-4
    int8 = note["forms"]["int8"]
    assert int8["offered"] == (folder / "model.int8.onnx").exists()
    assert int8["max_probability_difference"] > note["forms"]["fp32"]["max_probability_difference"]
    assert set(int8["macro_f1"]) == {"stance", "frame"}


def test_a_form_that_disagrees_is_not_offered_and_says_why(
    exported: tuple[TransformerModel, Path],
    codebook: Codebook,
    tiny_encoder: Path,
    sentences: list[LabeledSentence],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def another(network: Any, path: Path, *rest: Any) -> None:
        for name in ("model.onnx", "model.onnx.data"):
            shutil.copy(exported[1] / name, path.parent)

    model = trained(codebook, tiny_encoder, sentences, tmp_path, seed=2)
    monkeypatch.setattr(exporting, "write_fp32", another)
    forms = export(model.network, model.tokenizer, tmp_path, sentences)
    assert not forms["fp32"].offered
    assert "a probability differs by" in str(forms["fp32"].reason)
    assert forms["int8"].reason == "made from the fp32 form, which is not offered"
    assert not list(tmp_path.glob("*.onnx*"))
    assert json.loads((tmp_path / "export.json").read_text())["forms"]["fp32"]["reason"] == forms["fp32"].reason


def test_int8_leaves_out_what_costs_it_most_where_it_fails_otherwise(tmp_path: Path) -> None:
    tried: list[str] = []

    def judge(path: Path) -> exporting.Form:
        tried.append(path.read_text())
        return exporting.Form(path.name, path.read_text() == "False")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "quantize", lambda source, target, rows, wide: target.write_text(str(wide)))
        assert exporting._best_int8(tmp_path, [], judge).offered
    assert tried == ["True", "False"]


def test_without_sentences_nothing_can_be_checked(exported: tuple[TransformerModel, Path]) -> None:
    model, folder = exported
    with pytest.raises(DataError, match="no sentences"):
        export(model.network, model.tokenizer, folder, [])
