"""The folder of a saved transformer: safetensors, JSON and the tokenizer's own JSON files, nothing that can execute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import PreTrainedTokenizerBase

from pipeline.artifacts import read_json, sha256_file, write_json
from pipeline.codebook import Codebook, Task
from pipeline.errors import ArtifactError, BaseModelError, StanceError
from pipeline.models.encoder import load_tokenizer
from pipeline.settings.transformer import TransformerSettings

KIND = "transformer"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class SavedTransformer:
    """What `model.json` and `encoder_config.json` say."""

    codebook: Codebook
    temperatures: dict[str, float]
    settings: TransformerSettings
    encoder: dict[str, Any]


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
    ) -> None:
        """Write all files; `model.json` last, so that a folder that has it is whole."""
        write_weights(network, self.weights)
        write_json(self.encoder, encoder)
        tokenizer.save_pretrained(self.folder)
        files = sorted(path for path in self.folder.iterdir() if path.is_file() and path != self.note)
        write_json(
            self.note,
            {
                "kind": KIND,
                "format": FORMAT,
                "codebook": codebook.identifier,
                "codebook_name": codebook.name,
                "codebook_version": codebook.version,
                "target": codebook.target,
                "tasks": {name: list(task.names) for name, task in codebook.tasks.items()},
                "temperatures": dict(temperatures),
                "max_length": settings.max_length,
                "pooling": settings.pooling,
                "context": settings.context,
                "settings": asdict(settings),
                "files": {path.name: sha256_file(path) for path in files},
            },
        )

    def read(self) -> SavedTransformer:
        """Check the folder and read its JSON; raises ArtifactError in one line for anything amiss."""
        note = read_json(self.note)
        if not isinstance(note, dict) or note.get("kind") != KIND:
            raise ArtifactError(f"{self.note} does not describe a {KIND}; point to a folder that holds one")
        if note.get("format") != FORMAT:
            raise ArtifactError(
                f"{self.note} has format {note.get('format')!r}, this version reads {FORMAT}; "
                "upgrade the package or train the model again"
            )
        try:
            self._verify(note["files"])
            known = {entry.name for entry in fields(TransformerSettings)}
            settings = TransformerSettings(**{key: value for key, value in note["settings"].items() if key in known})
            tasks = {name: Task(labels=dict.fromkeys(labels, "")) for name, labels in note["tasks"].items()}
            codebook = Codebook(note["codebook_name"], note["codebook_version"], "", note["target"], tasks)
            temperatures = {task: float(note["temperatures"][task]) for task in tasks}
        except ArtifactError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, StanceError) as error:
            raise ArtifactError(f"{self.note} is incomplete or altered ({error!r}); train the model again") from error
        if not all(0.0 < value < float("inf") for value in temperatures.values()):
            raise ArtifactError(f"{self.note} holds temperatures {temperatures}, all must be above 0; train again")
        return SavedTransformer(codebook, temperatures, settings, read_json(self.encoder))

    def read_tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer that was saved along."""
        try:
            return load_tokenizer(self.folder)
        except BaseModelError as error:
            raise ArtifactError(f"{self.folder} has no usable tokenizer ({error}); train the model again") from error

    def _verify(self, files: Mapping[str, str]) -> None:
        for needed in (self.weights, self.encoder, self.folder / "tokenizer.json"):
            if needed.name not in files:
                raise ArtifactError(f"{self.note} does not list {needed.name}; train the model again")
        for name, digest in files.items():
            path = self.folder / name
            if path.parent != self.folder or not path.is_file():
                raise ArtifactError(f"{path} is missing; copy the whole folder or train the model again")
            if sha256_file(path) != digest:
                raise ArtifactError(f"{path} was altered or cut short since it was saved; train the model again")


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
