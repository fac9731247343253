"""The encoders that configs/model names: tiny, random checkpoints of the same architectures go the whole way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hydra import compose, initialize_config_dir
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoModel as Encoder
from transformers import DebertaV2Config, MPNetConfig, PretrainedConfig, PreTrainedTokenizerFast, RobertaConfig

from pipeline.artifacts import read_json
from pipeline.codebook import Codebook
from pipeline.hydra_entry import config_folder, to_settings
from pipeline.inference.classifier import Classifier
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models.base import TrainingData
from pipeline.models.transformer import TransformerModel
from pipeline.settings.schema import register_schema
from pipeline.settings.transformer import TransformerSettings

CLASSES: dict[str, type[PretrainedConfig]] = {
    "distilroberta": RobertaConfig,
    "deberta": DebertaV2Config,
    "mpnet": MPNetConfig,
    "nli": DebertaV2Config,
}
DEBERTA = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 16, "type_vocab_size": 0}
TEXTS = ["we reject the resolution", "they support the report on rights .", ""]


def checkpoint(name: str, folder: Path) -> Path:
    """A tokenizer and random weights as a hub repository of the architecture would hold them."""
    words = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words += ["we", "they", "reject", "support", "the", "resolution", "report", "on", "rights", "council", "."]
    vocabulary = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_input_names=["input_ids", "attention_mask", *(["token_type_ids"] if name == "deberta" else [])],
        **{"bos_token": "<s>", "cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "eos_token": "</s>"},
        **{"unk_token": "<unk>", "mask_token": "<mask>"},
    ).save_pretrained(folder)
    size = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    extra = DEBERTA if CLASSES[name] is DebertaV2Config else {}
    config = CLASSES[name](vocab_size=len(words), max_position_embeddings=66, pad_token_id=1, **size, **extra)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        Encoder.from_config(config).save_pretrained(folder)
    return folder


def settings_of(name: str) -> TransformerSettings:
    register_schema()
    overrides = [f"model=[{name}]", "train.final=[]", "train.current=''", "evaluation.compare=[]"]
    with initialize_config_dir(str(config_folder()), version_base="1.3"):
        found = to_settings(compose("run", overrides)).model[name]
    assert isinstance(found, TransformerSettings)
    return found


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_an_encoder_is_fitted_saved_loaded_and_exported(
    name: str, codebook: Codebook, data: TrainingData, tmp_path: Path
) -> None:
    settings = settings_of(name)
    assert "/" in settings.name_or_path, "the configuration names a hub repository"
    settings.name_or_path = str(checkpoint(name, tmp_path / "encoder"))
    settings.sha256 = ""  # the digest, where a configuration gives one, is of the published weights
    settings.max_length, settings.epochs, settings.prepare_epochs = 32, 2, 1
    model = TransformerModel(settings, codebook)
    model.fit(data, seed=1)
    before = model.predict_proba(TEXTS)

    def produce(scratch: Path) -> None:
        model.save(scratch)
        model.export(scratch, data.sentences)

    saved = tmp_path / "saved"
    ArtifactFolder(saved).ensure(Work("final", {}, {}, "c0"), tmp_path, produce)
    after = TransformerModel.load(saved).predict_proba(TEXTS)
    for task in codebook.tasks:
        np.testing.assert_array_equal(before[task], after[task])
    assert read_json(saved / "export.json")["forms"]["fp32"]["offered"]
    classifier = Classifier.load(saved)
    for position, prediction in enumerate(classifier.predict(TEXTS[:2])):
        scores = [prediction.tasks["stance"].scores[label] for label in codebook.labels("stance")]
        np.testing.assert_allclose(scores, before["stance"][position], atol=0.02)  # the int8 form may be chosen
