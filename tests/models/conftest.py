"""A codebook, labelled sentences and a tiny randomly initialised BERT, made on the fly."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from pipeline.codebook import Codebook, Task
from pipeline.models.base import TrainingData
from pipeline.records import LabeledSentence

WORDS = ["we", "they", "reject", "support", "the", "resolution", "vote", "report", "on", "rights"]
WORDS += ["met", "monday", "china", "council", "no", "one", ".", ","]
TEMPLATES = {
    ("against", "sovereignty"): ["we reject the resolution", "they reject the report on rights"],
    ("favor", "accountability"): ["we support the resolution", "they support the report on rights"],
    ("neutral", "none"): ["the council met on monday", "no one met the council"],
}


@pytest.fixture(scope="session", autouse=True)
def quick_collection() -> Iterator[None]:
    """Leave what the imports made out of garbage collection: Trainer collects after every run, 0.4 s each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    """Two tasks with labels of different number."""
    return Codebook(
        name="toy",
        version="1",
        tasks={
            "stance": Task(labels=dict.fromkeys(["against", "favor", "neutral"], "")),
            "frame": Task(labels=dict.fromkeys(["sovereignty", "accountability", "none", "dialogue"], "")),
        },
    )


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a BERT with two layers of width 16 and a word-level vocabulary."""
    folder = tmp_path_factory.mktemp("tiny_bert")
    vocabulary = {token: index for index, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
        BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def sentences() -> list[LabeledSentence]:
    """36 document sentences in 12 groups whose labels follow from their words; every fifth has no frame."""
    made = []
    for index in range(36):
        (stance, frame), texts = list(TEMPLATES.items())[index % 3]
        labels: dict[str, str | None] = {"stance": stance, "frame": None if index % 5 == 4 else frame}
        text = texts[index // 3 % 2] + " ," * (index % 4)
        made.append(LabeledSentence(id=f"s{index}", text=text, labels=labels, document=f"d{index // 3}"))
    return made


@pytest.fixture(scope="session")
def composed() -> list[LabeledSentence]:
    """12 composed sentences."""
    made = []
    for index in range(12):
        (stance, frame), texts = list(TEMPLATES.items())[index % 3]
        labels: dict[str, str | None] = {"stance": stance, "frame": frame}
        text = f"china , {texts[index % 2]} ."
        made.append(LabeledSentence(id=f"c{index}", text=text, labels=labels, composed=True))
    return made


@pytest.fixture(scope="session")
def data(sentences: list[LabeledSentence], composed: list[LabeledSentence]) -> TrainingData:
    """Both kinds of sentences, a group a document."""
    return TrainingData(sentences, {one.id: str(one.document) for one in sentences}, composed)
