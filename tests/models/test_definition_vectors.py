from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.codebook import Codebook, Task
from pipeline.errors import ConfigError
from pipeline.models.base import TrainingData
from pipeline.models.definition_vectors import definition_vectors
from pipeline.models.encoder import load_encoder, load_tokenizer
from pipeline.models.inputs import InputForm, rows_of
from pipeline.models.multitask import MultiTaskClassifier
from pipeline.models.training import PaddingCollator
from pipeline.models.transformer import TransformerModel
from pipeline.settings.transformer import TransformerSettings


@pytest.fixture
def codebook() -> Codebook:
    """Definitions in the words that the tiny encoder knows."""
    stance = {"against": "reject the resolution", "favor": "support the report", "neutral": "the council met on monday"}
    frame = {"rights": "rights on the report", "china": "china no vote", "none": "no one met"}
    return Codebook(name="toy", version="1", tasks={"stance": Task(labels=stance), "frame": Task(labels=frame)})


@pytest.fixture
def inputs(tiny_encoder: Path) -> InputForm:
    return InputForm(load_tokenizer(tiny_encoder), max_length=64, context=True)


@pytest.fixture
def network(tiny_encoder: Path, codebook: Codebook) -> MultiTaskClassifier:
    counts = [len(task.labels) for task in codebook.tasks.values()]
    torch.manual_seed(0)
    return MultiTaskClassifier(load_encoder(tiny_encoder), counts, "mean", 0.1)


def test_every_definition_is_nearest_to_its_own_label(
    network: MultiTaskClassifier, inputs: InputForm, codebook: Codebook
) -> None:
    network.begin_heads(definition_vectors(network, inputs, codebook))
    collate = PaddingCollator(inputs.tokenizer)
    for position, task in enumerate(codebook.tasks.values()):
        for number, (label, definition) in enumerate(task.labels.items()):
            rows = rows_of(inputs.tokens([f"{label}: {definition}"]), [0])
            with torch.no_grad():
                logits = network(**collate(rows))[position]
            assert logits.argmax().item() == number, (label, logits)


def test_vectors_favour_no_label_on_the_whole(
    network: MultiTaskClassifier, inputs: InputForm, codebook: Codebook
) -> None:
    for task, vectors in zip(codebook.tasks.values(), definition_vectors(network, inputs, codebook), strict=True):
        assert vectors.shape == (len(task.labels), network.encoder.config.hidden_size)
        np.testing.assert_allclose(vectors.sum(dim=0).numpy(), 0.0, atol=1e-5)


def test_what_the_definitions_say_decides_where_the_heads_begin(
    network: MultiTaskClassifier, inputs: InputForm, codebook: Codebook
) -> None:
    stance = codebook.tasks["stance"]
    labels = {label: f"{definition} of the council" for label, definition in stance.labels.items()}
    other = replace(codebook, tasks={**codebook.tasks, "stance": replace(stance, labels=labels)})
    before, after = (definition_vectors(network, inputs, one) for one in (codebook, other))
    same = [torch.equal(first, second) for first, second in zip(before, after, strict=True)]
    assert same == [task != "stance" for task in codebook.tasks]


@pytest.fixture
def settings(tiny_encoder: Path) -> TransformerSettings:
    return TransformerSettings(
        name_or_path=str(tiny_encoder), max_length=16, composed="none", epochs=1, batch_size=8, development_fraction=0.0
    )


def test_a_transformer_begins_with_the_definitions_or_without(
    settings: TransformerSettings, codebook: Codebook, data: TrainingData
) -> None:
    sentences = [replace(one, labels={"stance": one.labels["stance"]}) for one in data.sentences]
    found = []
    for heads in ("definitions", "random"):
        model = TransformerModel(replace(settings, heads=heads), codebook)
        model.fit(replace(data, sentences=sentences, composed=()), seed=1)
        found.append(model.predict_proba(["reject the resolution"])["stance"])
    assert not np.allclose(found[0], found[1], atol=1e-3)


def test_a_transformer_without_such_heads_is_refused(settings: TransformerSettings) -> None:
    with pytest.raises(ConfigError, match=r"transformer\.heads.*zero.*definitions, random"):
        replace(settings, heads="zero")
