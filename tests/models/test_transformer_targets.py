"""The transformer's second segment: the target, in training, in the saved model and in its ONNX form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas
import pytest

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.inference.classifier import Classifier
from pipeline.inference.command import main
from pipeline.inference.items import Item
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models.base import TrainingData
from pipeline.models.inputs import InputForm
from pipeline.models.transformer import TransformerModel
from pipeline.records import LabeledSentence
from pipeline.settings.transformer import TransformerSettings

TEXTS = ["we reject the report", "no one met the council on monday"]
TARGETS = ("rights", "the council")


@pytest.fixture(scope="session")
def settings(tiny_encoder: Path) -> TransformerSettings:
    return TransformerSettings(
        name_or_path=str(tiny_encoder), max_length=16, epochs=6, learning_rate=5e-3, batch_size=8, composed="none"
    )


@pytest.fixture(scope="session")
def data(sentences: list[LabeledSentence]) -> TrainingData:
    """Every sentence has a target; the last six are a development part."""
    aimed = [replace(one, target=TARGETS[index % 2]) for index, one in enumerate(sentences)]
    groups = {one.id: str(one.document) for one in aimed}
    return TrainingData(aimed[:30], groups, (), aimed[30:])


@pytest.fixture(scope="session")
def trained(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TransformerModel, Path]:
    """A model that reads targets, saved and exported, and what fitting it told."""
    folder = tmp_path_factory.mktemp("targets")
    model = TransformerModel(settings, codebook)
    details = model.fit(data, seed=1)

    def produce(scratch: Path) -> None:
        model.save(scratch)
        model.export(scratch, data.sentences)
        (scratch / "details.json").write_text(json.dumps(details))

    ArtifactFolder(folder).ensure(Work("final", {}, {}, "code"), folder, produce)
    return model, folder


def test_the_given_development_part_is_used(trained: tuple[TransformerModel, Path]) -> None:
    details = json.loads((trained[1] / "details.json").read_text())
    assert details["development_sentences"] == 6


def test_the_answer_depends_on_the_target(trained: tuple[TransformerModel, Path]) -> None:
    first, second = (trained[0].predict_proba(TEXTS, targets=[target] * 2)["stance"] for target in TARGETS)
    assert np.abs(first - second).max() > 1e-4


def test_the_target_is_off_by_setting_and_where_there_is_none(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    model = TransformerModel(replace(settings, targets=False), codebook)
    model.fit(data, seed=1)
    assert model.targets == ()
    first, second = (model.predict_proba(TEXTS, targets=[target] * 2)["stance"] for target in TARGETS)
    assert np.array_equal(first, second)


def test_a_loaded_model_and_its_onnx_form_answer_alike(trained: tuple[TransformerModel, Path]) -> None:
    model, folder = trained
    expected = model.predict_proba(TEXTS, targets=TARGETS)
    loaded = TransformerModel.load(folder)
    assert loaded.targets == TARGETS
    assert np.array_equal(loaded.predict_proba(TEXTS, targets=TARGETS)["stance"], expected["stance"])
    records = Classifier.load(folder, precision="fp32", engine="onnxruntime").predict(TEXTS, targets=TARGETS)
    found = np.array([list(record["stance"].scores.values()) for record in records])
    np.testing.assert_allclose(found, expected["stance"], atol=2e-6)
    assert [record.target for record in records] == list(TARGETS)
    assert records[0].to_dict()["target"] == "rights"


def test_the_classifier_asks_for_targets_and_keeps_them_apart(trained: tuple[TransformerModel, Path]) -> None:
    classifier = Classifier.load(trained[1], precision="fp32", engine="onnxruntime")
    assert classifier.targets == TARGETS
    with pytest.raises(DataError, match=r"knows stances towards rights, the council; give one target a text"):
        classifier.predict(TEXTS)
    with pytest.raises(DataError, match=r"2 texts and 1 targets"):
        classifier.predict(TEXTS, targets=["rights"])
    same = [Item(str(n), TEXTS[0], target=target) for n, target in enumerate(TARGETS)]
    first, second = classifier.classify(same)
    assert first["stance"].scores != second["stance"].scores


def test_the_command_takes_a_target_or_its_column(
    trained: tuple[TransformerModel, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = ["--model", str(trained[1]), "--precision", "fp32", "--engine", "onnxruntime"]
    assert main([TEXTS[0], *model]) == 2
    assert "name one with --target, or their column with --target-column" in capsys.readouterr().err
    assert main([TEXTS[0], *model, "--target", "rights"]) == 0
    one = json.loads(capsys.readouterr().out)
    table = tmp_path / "rows.csv"
    table.write_text(f"text,about\n{TEXTS[0]},rights\n{TEXTS[0]},the council\n")
    assert main(["--input", str(table), *model, "--target-column", "about"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["target"], second["target"]) == TARGETS
    assert first["stance"] == one["stance"] != second["stance"]
    for name in ("rows.csv", "rows.parquet"):
        output = tmp_path / f"labelled_{name}"
        assert main(["--input", str(table), *model, "--target-column", "about", "--output", str(output)]) == 0
        rows = pandas.read_csv(output) if output.suffix == ".csv" else pandas.read_parquet(output)
        assert tuple(rows["target"]) == TARGETS
    capsys.readouterr()
    assert main(["--input", str(table), *model, "--target-column", "topic"]) == 2
    assert "no column 'topic' among text, about; name the right one with --target-column" in capsys.readouterr().err


def test_texts_that_are_cut_short_are_counted(trained: tuple[TransformerModel, Path]) -> None:
    form = InputForm(trained[0].tokenizer, 8, context=False, target=True)
    short = LabeledSentence("a", "we met", {}, target="rights")
    assert form.truncated([short, replace(short, text="we met " * 9), replace(short, target="rights " * 9)]) == 2
    assert form.truncated([]) == 0
