"""The manifest of an artifact folder: which stage wrote which file, from what, and whether that is still true.

A stage writes into a scratch folder beside its files. Only when it has finished are the files renamed into place and
its entry written to `manifest.json`. The entry is the commit: a stage that was killed at any moment has none, and
runs again. An entry whose fingerprint or file hashes no longer match counts as absent.
"""

from __future__ import annotations

import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.artifacts import read_json, sha256_file, sha256_json, write_json
from pipeline.environment import describe
from pipeline.errors import ArtifactError

MANIFEST = "manifest.json"
LOCK = ".lock"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage is about to do: equal fingerprints mean equal results.

    `config` is the part of the resolved configuration that can change the result, `inputs` maps a name (a path
    relative to the project root) to the sha256 of its content, `code` is the digest of the sources that do the work.
    """

    stage: str
    config: Mapping[str, Any]
    inputs: Mapping[str, str]
    code: str
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Facts recorded for the reader that do not enter the fingerprint, such as the whole resolved config."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything that can change the result."""
        return sha256_json([self.stage, self.config, self.inputs, self.code, self.seed])


class ArtifactFolder:
    """A folder of finished files with their manifest."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> dict[str, Any]:
        """Manifest entries by stage; empty where nothing was finished yet."""
        if not (self.path / MANIFEST).exists():
            return {}
        manifest = read_json(self.path / MANIFEST)
        if not isinstance(manifest, dict) or manifest.get("schema") != FORMAT:
            found = manifest.get("schema") if isinstance(manifest, dict) else type(manifest).__name__
            raise ArtifactError(
                f"{self.path / MANIFEST} has format {found}, this version reads {FORMAT}; update or delete the folder"
            )
        return dict(manifest["stages"])

    def altered(self, stage: str) -> list[str]:
        """Files of `stage` that are missing or differ from the hash in the manifest."""
        outputs = self.entries().get(stage, {}).get("outputs", {})
        return [name for name, digest in outputs.items() if not _matches(self.path / name, digest)]

    def is_current(self, work: Work) -> bool:
        """True when `work` was finished here and its files are untouched since."""
        entry = self.entries().get(work.stage)
        return entry is not None and entry["fingerprint"] == work.fingerprint and not self.altered(work.stage)

    def ensure(self, work: Work, root: Path, produce: Callable[[Path], None]) -> bool:
        """Make sure that `work` is finished here: True if `produce` ran, False if everything was up to date.

        Two processes that want the same folder take turns; the second finds the work of the first done.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path / LOCK):
            if self.is_current(work):
                return False
            with self._publish(work, root) as scratch:
                produce(scratch)
        return True

    @contextmanager
    def _publish(self, work: Work, root: Path) -> Iterator[Path]:
        """Yield an empty scratch folder; when the block ends without an error, its content becomes `work`'s result."""
        scratch = self.path / f".{work.stage}.partial"
        try:
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
            started, clock = datetime.now(UTC), (time.perf_counter(), _cpu_seconds())
            yield scratch
            outputs = {
                path.relative_to(scratch).as_posix(): sha256_file(path)
                for path in sorted(scratch.rglob("*"))
                if path.is_file()
            }
            kept = self.entries()
            previous = kept.pop(work.stage, {}).get("outputs", {})
            if previous:
                self._write(kept)
            self._install(scratch, outputs, stale=set(previous) - set(outputs))
            kept[work.stage] = {
                "fingerprint": work.fingerprint,
                "config": work.config,
                "inputs": work.inputs,
                "code": work.code,
                "seed": work.seed,
                "outputs": outputs,
                "started": started.isoformat(timespec="seconds"),
                "wall_seconds": round(time.perf_counter() - clock[0], 2),
                "cpu_seconds": round(_cpu_seconds() - clock[1], 2),
                "peak_memory_mb": _peak_memory_mb(),
                "environment": describe(root),
                **work.extra,
            }
            self._write(kept)
        except OSError as error:
            place = error.filename or self.path
            raise ArtifactError(f"{place}: {error.strerror}; nothing unfinished was kept, run again") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _install(self, scratch: Path, outputs: Mapping[str, str], stale: set[str]) -> None:
        for name in outputs:
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).replace(target)
        for name in stale:
            (self.path / name).unlink(missing_ok=True)

    def _write(self, entries: Mapping[str, Any]) -> None:
        write_json(self.path / MANIFEST, {"schema": FORMAT, "stages": entries})


def _matches(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_file(path) == digest


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_memory_mb() -> int:
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(own, children) // 1024
