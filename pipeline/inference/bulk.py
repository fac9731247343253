"""Bulk work into a file: appended in order, checkpointed, resumable after any interruption.

Beside the output lies a checkpoint: how many units are done, and how long output and rejections were then. It is
replaced, in one step, only after both files are safely on disk; what lies behind these lengths was written by a run
that died before its checkpoint, and is cut off. So no unit is lost and none is written twice, whenever a run dies.
The checkpoint is made before the output and removed after it is complete: an output without one is finished.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.artifacts import read_json, sha256_json, write_json
from pipeline.errors import ArtifactError, DataError
from pipeline.inference.formats import csv_header, csv_line, json_line, write_parquet
from pipeline.inference.items import Rejection

FORMAT = 1
ENDINGS = (".jsonl", ".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run has come; `job` is the digest of all that decides what its output is."""

    format: int
    job: str
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


def rejected_path(path: Path) -> Path:
    """Where the rejected lines of `path` are put aside."""
    return path.with_name(f"{path.stem}.rejected.jsonl")


class BulkOutput:
    """One output file and its rejections. `job` is all that decides the content; `state` tells what is done."""

    def __init__(
        self,
        paths: OutputPaths,
        job: Sequence[Any],
        precision: str | None,
        labels: Mapping[str, Sequence[str]],
        explained: bool,
    ) -> None:
        self.paths, self._labels, self._explained = paths, labels, explained
        self._start = Checkpoint(FORMAT, sha256_json([*job, explained]), precision)
        self.state = self._start

    @contextmanager
    def opened(self, resume: bool) -> Iterator[BulkOutput]:
        """Open both files, cut to what the checkpoint vouches for; the output is complete when the block ends.

        Raises DataError, for a fresh run where the output exists, to resume where the job has changed since.
        """
        found = self.paths.read_checkpoint()
        if found and not resume:
            raise DataError(
                f"{self.paths.target} is unfinished; go on with --resume, or delete {self.paths.checkpoint}"
            )
        if not found and self.paths.target.exists():
            raise DataError(f"{self.paths.target} exists; delete it or name another output")
        if found and (found.job, found.precision) != (self._start.job, self._start.precision):
            raise DataError(
                f"{self.paths.target} was begun with other inputs, options or another model;"
                f" give the same as then, or delete it and {self.paths.checkpoint} to start again"
            )
        if found is None:
            self.paths.rejected.unlink(missing_ok=True)
            self.paths.growing.unlink(missing_ok=True)
        self.state = found or self._start
        try:
            if found is None:
                self._commit(self._start)
            if self.state.read_all:
                yield self
            else:
                with (
                    self._open(self.paths.growing, self.state.output_bytes) as self._output,
                    self._open(self.paths.rejected, self.state.rejected_bytes) as self._rejections,
                ):
                    yield self
                    self._commit(replace(self.state, read_all=True))
            self._finish()
        except OSError as error:
            place = error.filename or self.paths.target
            raise ArtifactError(
                f"{place}: {error.strerror or error}; make room or rights, then go on with --resume"
            ) from error

    def append(self, results: Sequence[Mapping[str, Any] | Rejection]) -> None:
        """Write results that follow those before, and vouch for them once they are on disk."""
        lines = [self._line(result) for result in results if not isinstance(result, Rejection)]
        rejections = [json_line(asdict(result)) for result in results if isinstance(result, Rejection)]
        if self.paths.kind == ".csv" and self.state.output_bytes == 0 and lines:
            lines.insert(0, csv_header(self._labels, self._explained))
        self._commit(
            replace(
                self.state,
                done=self.state.done + len(results),
                output_bytes=self.state.output_bytes + _append(self._output, lines),
                rejected_bytes=self.state.rejected_bytes + _append(self._rejections, rejections),
                rejected=self.state.rejected + len(rejections),
            )
        )

    def _line(self, record: Mapping[str, Any]) -> str:
        return csv_line(record, self._labels) if self.paths.kind == ".csv" else json_line(record)

    def _commit(self, state: Checkpoint) -> None:
        write_json(self.paths.checkpoint, asdict(state))
        self.state = state

    @contextmanager
    def _open(self, path: Path, length: int) -> Iterator[BinaryIO]:
        with path.open("ab") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataError(f"{path} is being written by another process; wait for it or end it") from None
            if stream.seek(0, os.SEEK_END) < length:
                raise DataError(
                    f"{path} is shorter than when its checkpoint was made;"
                    f" delete it and {self.paths.checkpoint} to start again"
                )
            stream.truncate(length)
            yield stream

    def _finish(self) -> None:
        """Idempotent, since it may be interrupted too."""
        if self.paths.kind == ".parquet" and self.paths.growing.exists():
            scratch = self.paths.growing.with_suffix(".parquet")
            write_parquet(self.paths.growing, scratch, self._labels, self._explained)
            scratch.replace(self.paths.target)
            self.paths.growing.unlink()
        if not self.state.rejected:
            self.paths.rejected.unlink(missing_ok=True)
        self.paths.checkpoint.unlink()


def _append(stream: BinaryIO, lines: Iterable[str]) -> int:
    """Write lines and wait until they are on disk; return their length in bytes."""
    content = "".join(lines).encode()
    if content:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return len(content)
