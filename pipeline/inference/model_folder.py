"""A folder of models/, read only as far as inference needs it; every file is checked against the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json
from pipeline.errors import ArtifactError
from pipeline.inference.record import RESERVED

MANIFEST, MANIFEST_FORMAT = "manifest.json", 1
TRAINING = "final"
"""The manifest's entry of the stage that trained the model."""
NOTE, NOTE_FORMAT = "model.json", 1
RELIABILITY, RELIABILITY_FORMAT = "reliability.json", 1
_REMEDY = "copy the whole folder again or train the model again"


@dataclass(frozen=True, slots=True)
class TaskReliability:
    """The threshold on the probability below which a task abstains (None: never), and each label's tier."""

    abstain_below: float | None = None
    tiers: Mapping[str, str] | None = None

    def tier(self, label: str) -> str | None:
        """A, B or C; None where the label was not evaluated."""
        return (self.tiers or {}).get(label)


class ModelFolder:
    """The files of one saved model. Raises ArtifactError in one line for whatever is missing, altered or newer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / NOTE).is_file():
            raise ArtifactError(
                f"{path} holds no model ({NOTE} is missing); train one with `stance run`, or name another folder"
            )
        self._digests, self.training = self._read_manifest()
        """`training` is what the manifest records of the training: settings, codebook, inputs, versions, commit."""
        note = self.read(NOTE)
        self.note = self._parse(NOTE, note, "format", NOTE_FORMAT)
        try:
            self.kind = str(self.note["kind"])
            self.codebook = str(self.note["codebook"])
            self.labels = {str(task): tuple(map(str, labels)) for task, labels in self.note["tasks"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ArtifactError(f"{path / NOTE} is incomplete ({error!r}); {_REMEDY}") from error
        found = self.note.get("targets", [])
        self.targets = tuple(map(str, found)) if isinstance(found, list) else ()
        """What the stances that the model was trained on are towards; empty where the target is no input of it."""
        self.reads_context = self.note.get("context") is True
        """True where what stands before a sentence is an input too."""
        if clash := [task for task in self.labels if task in RESERVED] or not self.labels:
            raise ArtifactError(f"{path / NOTE} has unusable task names ({clash}); rename them in the codebook")
        self.identifier = f"{self.kind}-{hashlib.sha256(note).hexdigest()[:12]}"
        """Kind and digest of `model.json`, which holds the digests of the weights."""

    def has(self, name: str) -> bool:
        """True where the manifest lists the file `name`."""
        return name in self._digests

    def verified(self, name: str) -> Path:
        """Path of a file whose content equals what the manifest says was written."""
        path = self.path / name
        if name not in self._digests:
            raise ArtifactError(f"{self.path / MANIFEST} does not list {name}; {_REMEDY}")
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            raise ArtifactError(f"{path} is missing; {_REMEDY}") from None
        except OSError as error:
            raise ArtifactError(f"{path} cannot be read ({error.strerror}); {_REMEDY}") from error
        if digest != self._digests[name]:
            raise ArtifactError(f"{path} was altered or cut short since it was saved; {_REMEDY}")
        return path

    def read(self, name: str) -> bytes:
        """Content of a verified file."""
        return self.verified(name).read_bytes()

    def read_json(self, name: str, key: str, version: int) -> dict[str, Any]:
        """A checked JSON object whose field `key` must be `version`."""
        return self._parse(name, self.read(name), key, version)

    def reliability(self) -> dict[str, TaskReliability]:
        """Threshold and tiers of every task; nothing is known without `reliability.json`."""
        known: Mapping[str, Any] = {}
        if self.has(RELIABILITY):
            known = self.read_json(RELIABILITY, "schema", RELIABILITY_FORMAT).get("tasks", {})
        try:
            return {task: self._task(known.get(task, {})) for task in self.labels}
        except (AttributeError, TypeError, ValueError) as error:
            raise ArtifactError(f"{self.path / RELIABILITY} is broken ({error}); {_REMEDY}") from error

    def _task(self, entry: Mapping[str, Any]) -> TaskReliability:
        below = entry.get("abstain_below")
        return TaskReliability(None if below is None else float(below), dict(entry.get("tiers", {})))

    def _read_manifest(self) -> tuple[dict[str, str], Mapping[str, Any]]:
        path = self.path / MANIFEST
        manifest = read_json(path)
        found = manifest.get("schema") if isinstance(manifest, dict) else type(manifest).__name__
        if found != MANIFEST_FORMAT:
            raise ArtifactError(f"{path} has format {found}, this version reads {MANIFEST_FORMAT}; update the package")
        try:
            entries = [stage["outputs"] for stage in manifest["stages"].values()]
            digests = {name: str(digest) for outputs in entries for name, digest in outputs.items()}
            return digests, dict(manifest["stages"].get(TRAINING, {}))
        except (KeyError, TypeError, AttributeError) as error:
            raise ArtifactError(f"{path} is incomplete ({error!r}); {_REMEDY}") from error

    def _parse(self, name: str, content: bytes, key: str, version: int) -> dict[str, Any]:
        path = self.path / name
        try:
            value = json.loads(content)
        except ValueError as error:
            raise ArtifactError(f"{path} is no JSON ({error}); {_REMEDY}") from error
        found = value.get(key) if isinstance(value, dict) else type(value).__name__
        if found != version:
            raise ArtifactError(f"{path} has {key} {found}, this version reads {version}; update the package")
        return dict(value)
