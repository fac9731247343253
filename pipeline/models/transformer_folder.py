"""The folder of a saved transformer: safetensors, JSON and the tokenizer's own JSON files, nothing that can execute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import PreTrainedTokenizerBase

from pipeline.artifacts import read_json, write_json
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, BaseModelError
from pipeline.models.encoder import load_tokenizer
from pipeline.models.model_note import read_note, write_note
from pipeline.settings.transformer import TransformerSettings

KIND = "transformer"


@dataclass(frozen=True, slots=True)
class SavedTransformer:
    """What `model.json` and `encoder_config.json` say."""

    codebook: Codebook
    temperatures: dict[str, float]
    settings: TransformerSettings
    encoder: dict[str, Any]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransformerFolder:
    """Paths of a saved transformer."""

    folder: Path

    @property
    def note(self) -> Path:
        """Kind, format, codebook, tasks and labels, temperatures, input form, settings, and digests of the others."""
        return self.folder / "model.json"

    @property
    def weights(self) -> Path:
        """Encoder and heads."""
        return self.folder / "model.safetensors"

    @property
    def encoder(self) -> Path:
        """Architecture of the encoder."""
        return self.folder / "encoder_config.json"

    def write(
        self,
        *,
        network: nn.Module,
        encoder: dict[str, Any],
        tokenizer: PreTrainedTokenizerBase,
        codebook: Codebook,
        temperatures: Mapping[str, float],
        settings: TransformerSettings,
        targets: Sequence[str] = (),
    ) -> None:
        """Write all files; `model.json` last, so that a folder that has it is whole."""
        write_weights(network, self.weights)
        write_json(self.encoder, encoder)
        tokenizer.save_pretrained(self.folder)
        details = {
            "temperatures": dict(temperatures),
            "max_length": settings.max_length,
            "pooling": settings.pooling,
            "context": settings.context,
            "targets": list(targets),
        }
        write_note(self.folder, KIND, codebook, settings, details)

    def read(self) -> SavedTransformer:
        """Check the folder and read its JSON; raises ArtifactError in one line for anything amiss."""
        note = read_note(self.folder, KIND, (self.weights.name, self.encoder.name, "tokenizer.json"))
        settings = note.settings_as(TransformerSettings)
        try:
            temperatures = {task: float(note.details["temperatures"][task]) for task in note.codebook.tasks}
            targets = tuple(str(target) for target in note.details.get("targets", ()))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"{self.note} is incomplete or altered ({error!r}); train the model again") from error
        if not all(0.0 < value < float("inf") for value in temperatures.values()):
            raise ArtifactError(f"{self.note} holds temperatures {temperatures}, all must be above 0; train again")
        return SavedTransformer(note.codebook, temperatures, settings, read_json(self.encoder), targets)

    def read_tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer that was saved along."""
        try:
            return load_tokenizer(self.folder)
        except BaseModelError as error:
            raise ArtifactError(f"{self.folder} has no usable tokenizer ({error}); train the model again") from error


def write_weights(network: nn.Module, path: Path) -> None:
    """Write all weights of `network` as safetensors."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    save_file(tensors, path, metadata={"format": "pt"})


def read_weights(network: nn.Module, path: Path) -> None:
    """Copy the weights in `path` into `network`; raises ArtifactError unless names and shapes agree exactly."""
    try:
        network.load_state_dict(load_file(path), strict=True)
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing; run the train stage again") from None
    except (SafetensorError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ArtifactError(f"{path} is cut short or does not fit the model ({reason}); train it again") from error
