"""A saved transformer so small that its answers can be reckoned by hand: it counts words that vote for labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from pipeline.manifest import ArtifactFolder, Work

TASKS = {"stance": ["against", "favor", "neutral"], "frame": ["sovereignty", "accountability", "none"]}
VOTES = {
    "oppose": ("against", 9.0),
    "reject": ("against", 7.0),
    "support": ("favor", 9.0),
    "perhaps": ("favor", 2.0),
    "monday": ("neutral", 9.0),
    "interference": ("sovereignty", 9.0),
    "victims": ("accountability", 9.0),
}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *VOTES, "we", "the", "resolution", "."]
CODEBOOK = {
    "title": "A toy",
    "target": "the resolution",
    "tasks": {
        "stance": {
            "question": "For or against?",
            "labels": {"against": "speaks against it", "favor": "speaks for it", "neutral": "neither"},
        },
        "frame": {
            "question": "As a matter of what?",
            "labels": {"sovereignty": "internal affairs", "accountability": "victims", "none": "nothing"},
        },
    },
}
"""As a codebook stands in the manifest of the training."""
RELIABILITY = {
    "schema": 1,
    "tasks": {"stance": {"abstain_below": 0.6, "tiers": {"against": "A", "favor": "B", "neutral": "C"}}},
}


def graph(scale: float) -> bytes:
    """Logits are the mean of the words' votes times `scale`."""
    labels = [label for names in TASKS.values() for label in names]
    table = np.zeros((len(WORDS), len(labels)), dtype=np.float32)
    for word, (label, weight) in VOTES.items():
        table[WORDS.index(word), labels.index(label)] = weight * scale
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["votes"]),
        helper.make_node("ReduceMean", ["votes", "axes"], ["mean"], keepdims=0),
        helper.make_node("Split", ["mean", "sizes"], list(TASKS), axis=1),
        helper.make_node("Identity", ["attention_mask"], ["unused"]),
    ]
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([1]), "axes"),
        numpy_helper.from_array(np.array([len(names) for names in TASKS.values()]), "sizes"),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [
        helper.make_tensor_value_info(task, TensorProto.FLOAT, ["batch", len(names)]) for task, names in TASKS.items()
    ]
    made = helper.make_model(
        helper.make_graph(nodes, "votes", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=10,
    )
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def tokenizer(path: Path) -> None:
    """A word-level tokenizer that adds [CLS] and [SEP]."""
    made = Tokenizer(models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.save(str(path))


def write_model(folder: Path, export: Mapping[str, Any] | None = None, **changes: Any) -> Path:
    """Write the folder with its manifest; `changes` replace fields of model.json, `export` those of export.json."""

    def produce(scratch: Path) -> None:
        tokenizer(scratch / "tokenizer.json")
        (scratch / "model.onnx").write_bytes(graph(3.0))
        (scratch / "model.int8.onnx").write_bytes(graph(2.9))
        (scratch / "reliability.json").write_text(json.dumps(RELIABILITY))
        forms = {
            "fp32": {"file": "model.onnx", "offered": True, "reason": None},
            "int8": {"file": "model.int8.onnx", "offered": True, "reason": None},
        }
        exported = {"format": 1, "inputs": ["input_ids", "attention_mask"], "forms": forms}
        (scratch / "export.json").write_text(json.dumps(exported | dict(export or {})))
        note = {
            "kind": "transformer",
            "format": 1,
            "codebook": "toy/1",
            "tasks": TASKS,
            "temperatures": {"stance": 1.0, "frame": 2.0},
            "max_length": 16,
            "pooling": "mean",
            "context": False,
        }
        (scratch / "model.json").write_text(json.dumps(note | changes))

    ArtifactFolder(folder).ensure(
        Work("final", {"codebook": CODEBOOK}, {"train": "0" * 64}, "code", seed=7), folder, produce
    )
    return folder
