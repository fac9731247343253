"""Where a bulk run writes, and how far it has come: names beside the output, its lock and its checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.artifacts import read_json
from pipeline.errors import ArtifactError, DataError
from pipeline.inference.rejected_lines import rejected_path

FORMAT = 2
ENDINGS = (".jsonl", ".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run has come; `job` is the digest of all that decides what its output is, but for the backend."""

    format: int
    job: str
    engine: str | None
    precision: str | None
    done: int = 0
    output_bytes: int = 0
    rejected_bytes: int = 0
    rejected: int = 0
    read_all: bool = False


@dataclass(frozen=True, slots=True)
class OutputPaths:
    """An output file and what lies beside it."""

    target: Path

    def __post_init__(self) -> None:
        if self.target.suffix.lower() not in ENDINGS:
            raise DataError(f"{self.target}: unknown output format; end the name in {', '.join(ENDINGS)}")
        if not self.target.parent.is_dir():
            raise DataError(f"{self.target}: the folder {self.target.parent} does not exist; create it first")

    @property
    def growing(self) -> Path:
        """What is appended to: the target, or JSON Lines that become Parquet at the end."""
        return self.target if self.kind != ".parquet" else self.target.with_name(f".{self.target.name}.jsonl")

    @property
    def rejected(self) -> Path:
        """Lines that gave no sentence."""
        return rejected_path(self.target)

    @property
    def checkpoint(self) -> Path:
        """How far the work has come, until it is complete."""
        return self.target.with_name(f".{self.target.name}.checkpoint.json")

    @property
    def lock(self) -> Path:
        """Held while a process writes."""
        return self.target.with_name(f".{self.target.name}.lock")

    @property
    def kind(self) -> str:
        """The ending of the target's name."""
        return self.target.suffix.lower()

    def read_checkpoint(self) -> Checkpoint | None:
        """The checkpoint of an unfinished run, None where there is none."""
        if not self.checkpoint.exists():
            return None
        found = read_json(self.checkpoint)
        try:
            checkpoint = Checkpoint(**found)
        except TypeError:
            checkpoint = None
        if checkpoint is None or checkpoint.format != FORMAT:
            raise ArtifactError(f"{self.checkpoint} is of another version; delete it and {self.target} to start again")
        return checkpoint

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process writes this output meanwhile; raises DataError where one does."""
        lock = FileLock(self.lock)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise DataError(f"{self.target} is being written by another process; wait for it or end it") from None
        try:
            yield
        finally:
            lock.release()
            if not self.checkpoint.exists():
                self.lock.unlink(missing_ok=True)

    def begun(self, start: Checkpoint, resume: bool) -> Checkpoint | None:
        """The checkpoint to go on from, None to start afresh.

        Raises DataError, for a fresh run where the output exists, to resume where the job has changed since.
        """
        found = self.read_checkpoint()
        if found and not resume:
            raise DataError(f"{self.target} is unfinished; go on with --resume, or delete {self.checkpoint}")
        if not found and self.target.exists():
            raise DataError(f"{self.target} exists; delete it or name another output")
        wanted = (start.job, start.engine, start.precision)
        if found and (found.job, found.engine, found.precision) != wanted:
            raise DataError(
                f"{self.target} was begun with other inputs, options or another model;"
                f" give the same as then, or delete it and {self.checkpoint} to start again"
            )
        return found

    def close(self) -> None:
        """Leave only what is finished; the checkpoint goes last."""
        with suppress(PermissionError):  # Windows keeps a lock that is held, and removes it when it is released
            self.lock.unlink(missing_ok=True)
        self.checkpoint.unlink(missing_ok=True)


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Turn whatever the disk refuses into one line."""
    try:
        yield
    except OSError as error:
        place = error.filename or target
        raise ArtifactError(
            f"{place}: {error.strerror or error}; make room or rights, then go on with --resume"
        ) from error
