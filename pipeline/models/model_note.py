"""`model.json` of a saved model: what the folder holds and the digests of its other files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline.artifacts import read_json, sha256_file, write_json
from pipeline.codebook import Codebook, Task
from pipeline.errors import ArtifactError, StanceError
from pipeline.settings.model import ModelSettings

FORMAT = 1
NAME = "model.json"
COMMON = ("kind", "format", "codebook", "codebook_name", "codebook_version", "target", "tasks", "settings", "files")
_REMEDY = "train the model again"
SettingsT = TypeVar("SettingsT", bound=ModelSettings)


@dataclass(frozen=True, slots=True)
class ModelNote:
    """The checked content of `model.json`; `details` are what the kind of model adds."""

    path: Path
    codebook: Codebook
    settings: Mapping[str, Any]
    details: Mapping[str, Any]

    def settings_as(self, kind: type[SettingsT]) -> SettingsT:
        """The settings that the model was trained with; raises ArtifactError where they do not fit."""
        try:
            return kind(**self.settings)
        except (TypeError, StanceError) as error:
            raise ArtifactError(f"{self.path} holds settings that do not fit ({error}); {_REMEDY}") from error


def write_note(
    folder: Path, kind: str, codebook: Codebook, settings: ModelSettings, details: Mapping[str, Any]
) -> None:
    """Write `model.json` after every other file of `folder`, so that a folder that has it is whole."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != NAME)
    write_json(
        folder / NAME,
        {
            "kind": kind,
            "format": FORMAT,
            "codebook": codebook.identifier,
            "codebook_name": codebook.name,
            "codebook_version": codebook.version,
            "target": codebook.target,
            "tasks": {name: list(task.names) for name, task in codebook.tasks.items()},
            "settings": asdict(settings),
            **details,
            "files": {path.name: sha256_file(path) for path in files},
        },
    )


def read_note(folder: Path, kind: str, needed: Sequence[str] = ()) -> ModelNote:
    """Read `model.json` and check it, and that every file it lists is there unaltered, `needed` among them.

    Raises ArtifactError otherwise, or where the folder holds another kind of model or a newer format.
    """
    path = folder / NAME
    note = read_json(path)
    if not isinstance(note, dict) or note.get("kind") != kind:
        raise ArtifactError(f"{path} does not describe a {kind} model; point to a folder that holds one")
    if note.get("format") != FORMAT:
        found = note.get("format")
        raise ArtifactError(f"{path} has format {found!r}, this version reads {FORMAT}; upgrade, or {_REMEDY}")
    try:
        _verify(folder, note["files"], needed)
        tasks = {name: Task(labels=dict.fromkeys(labels, "")) for name, labels in note["tasks"].items()}
        codebook = Codebook(note["codebook_name"], note["codebook_version"], "", note["target"], tasks)
        return ModelNote(path, codebook, dict(note["settings"]), {key: note[key] for key in note if key not in COMMON})
    except ArtifactError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, StanceError) as error:
        raise ArtifactError(f"{path} is incomplete or altered ({error!r}); {_REMEDY}") from error


def _verify(folder: Path, files: Mapping[str, str], needed: Sequence[str]) -> None:
    for name in needed:
        if name not in files:
            raise ArtifactError(f"{folder / NAME} does not list {name}; {_REMEDY}")
    for name, digest in files.items():
        path = folder / name
        if path.parent != folder or not path.is_file():
            raise ArtifactError(f"{path} is missing; copy the whole folder, or {_REMEDY}")
        if sha256_file(path) != digest:
            raise ArtifactError(f"{path} was altered or cut short since it was saved; restore it, or {_REMEDY}")
