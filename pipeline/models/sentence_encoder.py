"""A frozen encoder that turns sentences into vectors of length 1, the mean of their token states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from pipeline.artifacts import read_json, write_json
from pipeline.errors import ArtifactError, BaseModelError
from pipeline.models.encoder import build_encoder, encoder_config, find_encoder, load_encoder, load_tokenizer
from pipeline.models.transformer_folder import read_weights, write_weights

WEIGHTS = "encoder.safetensors"
CONFIG = "encoder_config.json"
TOKENIZER = "tokenizer.json"
_BATCH = 64


class SentenceEncoder:
    """Sentence vectors after Reimers and Gurevych, "Sentence-BERT" (2019), from at most `max_length` tokens each."""

    def __init__(self, network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        self.network, self.tokenizer, self.max_length = network.eval(), tokenizer, max_length

    @classmethod
    def pretrained(cls, name_or_path: str, revision: str, sha256: str, max_length: int) -> SentenceEncoder:
        """The encoder that `find_encoder` finds; raises BaseModelError where it cannot."""
        folder = find_encoder(name_or_path, revision, sha256)
        return cls(load_encoder(folder), load_tokenizer(folder), max_length)

    @classmethod
    def load(cls, folder: Path, max_length: int) -> SentenceEncoder:
        """The encoder that `save` wrote; raises ArtifactError where its files do not fit each other."""
        try:
            network = build_encoder(read_json(folder / CONFIG))
            tokenizer = load_tokenizer(folder)
        except (KeyError, TypeError, ValueError, BaseModelError) as error:
            raise ArtifactError(f"{folder} holds no usable encoder ({error}); train the model again") from error
        read_weights(network, folder / WEIGHTS)
        return cls(network, tokenizer, max_length)

    def save(self, folder: Path) -> None:
        """Write weights, architecture and tokenizer into `folder`."""
        write_weights(self.network, folder / WEIGHTS)
        write_json(folder / CONFIG, encoder_config(self.network))
        self.tokenizer.save_pretrained(folder)

    def encode(
        self, texts: Sequence[str], on_progress: Callable[[int, int, str], None] | None = None
    ) -> NDArray[np.float32]:
        """Vectors of shape (texts, width), in the order of `texts`."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors = np.empty((len(texts), int(self.network.config.hidden_size)), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                vectors[batch] = self._encode_batch([texts[index] for index in batch])
                if on_progress is not None:
                    on_progress(start + len(batch), len(order), "sentence embeddings")
        return vectors

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        inputs = self.tokenizer(texts, truncation=True, max_length=self.max_length, padding=True, return_tensors="pt")
        states = self.network(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1).to(states.dtype)
        means = (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1.0)
        found: NDArray[np.float32] = functional.normalize(means, dim=1).numpy()
        return found
