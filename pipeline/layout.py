"""Where a project keeps what: the one place that knows the folder names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ProjectLayout:
    """Folders of the project at `root`."""

    root: Path

    def corpus(self, name: str) -> Path:
        """Ingested documents and sentences, and the labels of these sentences."""
        return self.root / "data" / "processed" / name

    def models(self, run: str) -> Path:
        """Folds, fold results and final models of a run."""
        return self.root / "models" / run

    def fold(self, run: str, model: str, repetition: int, fold: int) -> Path:
        """Out-of-fold predictions of one model on one test part."""
        return self.models(run) / "folds" / model / f"repetition-{repetition}" / f"fold-{fold}"

    def prepared(self, model: str, fingerprint: str) -> Path:
        """What all folds of a repetition share, and all runs that would prepare the same."""
        return self.root / "models" / ".prepared" / model / fingerprint[:16]

    def probe(self, run: str, probe: str, model: str) -> Path:
        """Predictions of one model under a probe, a folder a part."""
        return self.models(run) / "probes" / probe / model

    def final(self, run: str, model: str) -> Path:
        """The model trained on all labelled data."""
        return self.models(run) / model

    def report(self, run: str) -> Path:
        """Predictions, metrics and report of a run."""
        return self.root / "reports" / run

    @property
    def current(self) -> Path:
        """Link to the model to use by default."""
        return self.root / "models" / "current"

    def relative(self, path: Path) -> str:
        """`path` as manifests name it: relative to the root where it lies inside, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def point_current_to(self, folder: Path) -> None:
        """Let `models/current` name `folder`, replacing the link in one step."""
        scratch = self.current.with_name(f".current.{os.getpid()}")
        scratch.unlink(missing_ok=True)
        scratch.symlink_to(os.path.relpath(folder, self.current.parent), target_is_directory=True)
        scratch.replace(self.current)
