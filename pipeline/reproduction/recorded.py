"""What a report's folder says about the run behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, read_records, sha256_file
from pipeline.errors import ArtifactError, DataError
from pipeline.manifest import MANIFEST, ArtifactFolder
from pipeline.records import Prediction
from pipeline.reproduction.restore import settings_from_dict
from pipeline.settings.run import RunSettings


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A report's folder as it was read.

    `sources` maps every file that the run started from, relative to the project root, to its sha256; `derived` does so
    for what the evaluation read. `altered` names files of the report that are missing or differ from the manifest.
    `seed` is that of the evaluation. `environment` is `environment.describe` at that time.
    """

    folder: Path
    settings: RunSettings
    seed: int
    sources: Mapping[str, str]
    derived: Mapping[str, str]
    environment: Mapping[str, Any]
    altered: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> RecordedRun:
        """Read the manifest of `folder`; raises ArtifactError where it is no finished report."""
        if not (folder / MANIFEST).is_file():
            raise ArtifactError(f"{folder} holds no {MANIFEST}; name the folder of a report, such as reports/reference")
        artifacts = ArtifactFolder(folder)
        entries = artifacts.entries()
        for stage in ("evaluate", "report"):
            if stage not in entries:
                raise ArtifactError(f"{folder / MANIFEST} has no finished {stage} stage; name the folder of a report")
        evaluate, report = entries["evaluate"], entries["report"]
        for key in ("run", "sources"):
            if not isinstance(report.get(key), dict):
                raise ArtifactError(f"{folder / MANIFEST} records no {key!r} in its report stage; run it again")
        settings = settings_from_dict(report["run"])
        if asdict(settings.evaluation) != evaluate["config"].get("evaluation"):
            raise ArtifactError(f"{folder / MANIFEST}: the report is not of this evaluation; run `stance report`")
        return cls(
            folder=folder,
            settings=settings,
            seed=evaluate["seed"],
            sources=report["sources"],
            derived=evaluate["inputs"],
            environment=evaluate["environment"],
            altered=tuple(name for stage in entries for name in artifacts.altered(stage)),
        )

    @property
    def metrics(self) -> dict[str, Any]:
        """metrics.json as it is now."""
        return dict(read_json(self.folder / "metrics.json"))

    @property
    def comparison(self) -> dict[str, Any]:
        """comparison.json as it is now."""
        return dict(read_json(self.folder / "comparison.json"))

    def predictions(self) -> list[Prediction]:
        """predictions.jsonl as it is now."""
        return read_records(self.folder / "predictions.jsonl", Prediction)

    def check_sources(self, root: Path) -> None:
        """Raise DataError naming every source under `root` that is missing or is not what the run started from."""
        faults = []
        for name, digest in self.sources.items():
            place = root / name
            if not place.is_file():
                faults.append(f"{name} is missing")
            elif sha256_file(place) != digest:
                faults.append(f"{name} is not the file that the run started from")
        if faults:
            raise DataError(f"{'; '.join(faults)}; restore what {self.folder / MANIFEST} records, or report anew")
