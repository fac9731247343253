"""Shards of a bulk run that many workers share: what each reads, and the part of the output that it writes.

A shard is one input file, or several small ones that follow each other. Its part is written aside, renamed into place
when it is safely on disk, and only then noted: a part without a note counts as not done, whoever died when.
"""

from __future__ import annotations

import os
import shutil
import socket
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypedDict, cast

from pipeline.artifacts import read_json, write_json
from pipeline.errors import DataError, StanceError
from pipeline.inference.classifier import Classifier
from pipeline.inference.formats import Columns, json_line
from pipeline.inference.items import Rejection, Unit
from pipeline.inference.output_paths import OutputPaths
from pipeline.inference.results import Results
from pipeline.inference.sources import Sources

_SHARD_BYTES = 16 << 20


class Shard(TypedDict):
    """A row of the data set that Ray hands out."""

    number: int
    paths: list[str]


class ShardDone(TypedDict):
    """What became of a shard; `error` is one line where it could not be done at all."""

    number: int
    sentences: int
    rejected: int
    error: str | None


@dataclass(frozen=True, slots=True)
class ShardJob:
    """All that a worker must know. Paths are as the user gave them; on every machine they start from `folder`."""

    folder: str
    model: str
    tasks: tuple[str, ...]
    abstain_below: float | None
    engine: str | None
    precision: str | None
    sources: Sources
    """How to read the files; itself without any."""
    explain: bool
    batch_size: int
    output: str
    alone: bool
    """True where there is one input file: if that cannot be read, nothing is."""


def shards_of(paths: Sequence[Path]) -> list[Shard]:
    """Files in order, small neighbours together."""
    shards: list[Shard] = []
    size = 0
    for path in paths:
        own = path.stat().st_size
        if not shards or size + own > _SHARD_BYTES:
            shards.append(Shard(number=len(shards), paths=[]))
            size = 0
        shards[-1]["paths"].append(str(path))
        size += own
    return shards


class Parts:
    """The folder of parts that is the output, and, hidden beside it, notes, rejected lines and what is unfinished."""

    def __init__(self, paths: OutputPaths) -> None:
        self.paths, self.notes = paths, paths.target.with_name(f".{paths.target.name}.parts")

    def part(self, number: int) -> Path:
        """The part of a shard; sorted by name, parts are in the order of the input."""
        return self.paths.target / f"part-{number:05d}{self.paths.kind}"

    def make_folders(self) -> None:
        """Make both folders where they are missing."""
        self.paths.target.mkdir(exist_ok=True)
        self.notes.mkdir(exist_ok=True)

    def scratch(self, ending: str) -> Path:
        """A new name for something unfinished: two workers may be given the same shard, one of them thought dead."""
        return self.notes / f"{uuid.uuid4().hex}{ending}"

    def rejected(self, number: int) -> Path:
        """Rejected lines of a shard."""
        return self.notes / f"{number:05d}.rejected.jsonl"

    def note(self, done: ShardDone) -> None:
        """Vouch for a part."""
        write_json(self.notes / f"{done['number']:05d}.json", done)

    def done(self, shards: Sequence[Shard]) -> list[ShardDone]:
        """Notes of the shards that are done."""
        notes = [self.notes / f"{shard['number']:05d}.json" for shard in shards]
        return [cast(ShardDone, read_json(path)) for path in notes if path.exists()]

    def merge_rejected(self, shards: Sequence[Shard]) -> None:
        """Put the rejected lines of all shards together in order; no file where there are none."""
        scratch = self.scratch(".jsonl")
        with scratch.open("wb") as stream:
            for shard in shards:
                if self.rejected(shard["number"]).exists():
                    with self.rejected(shard["number"]).open("rb") as lines:
                        shutil.copyfileobj(lines, stream)
            empty = stream.tell() == 0
            os.fsync(stream.fileno())
        if empty:
            self.paths.rejected.unlink(missing_ok=True)
        else:
            scratch.replace(self.paths.rejected)


class ShardClassifier:
    """A worker with one thread: loads the model once, then turns shards into parts. Ray makes one for each core."""

    def __init__(self, job: ShardJob) -> None:
        self.job = job

    def __call__(self, shard: Shard) -> ShardDone:
        """Write the part of `shard`; whatever the user can mend comes back as one line."""
        try:
            os.chdir(self.job.folder)
            return self._write(shard)
        except (StanceError, OSError) as error:
            reason = error if isinstance(error, StanceError) else f"{error.filename}: {error.strerror}"
            where = f"{reason} (on {socket.gethostname()})"
            return ShardDone(number=shard["number"], sentences=0, rejected=0, error=where)

    @cached_property
    def _results(self) -> Results:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        job = self.job
        classifier = Classifier.load(
            job.model,
            tasks=job.tasks,
            abstain_below=job.abstain_below,
            engine=job.engine or "auto",
            precision=job.precision or "auto",
            threads=1,
        )
        return Results(classifier, job.explain, job.batch_size)

    @property
    def _columns(self) -> Columns:
        classifier = self._results.classifier
        return Columns(classifier.labels, bool(classifier.targets), self.job.explain)

    def _write(self, shard: Shard) -> ShardDone:
        parts, number = Parts(OutputPaths(Path(self.job.output))), shard["number"]
        lines, rejections = parts.scratch(".jsonl"), parts.scratch(".jsonl")
        sentences = rejected = 0
        with lines.open("w", encoding="utf-8", newline="\n") as out, rejections.open("w", encoding="utf-8") as aside:
            for result in chain.from_iterable(self._results.lines(self._units(shard))):
                if isinstance(result, Rejection):
                    aside.write(json_line(asdict(result)))
                    rejected += 1
                else:
                    if not sentences and parts.paths.kind == ".csv":
                        out.write(self._columns.csv_header())
                    out.write(self._line(result, parts))
                    sentences += 1
            for stream in (out, aside):
                stream.flush()
                os.fsync(stream.fileno())
        if parts.paths.kind == ".parquet":
            table = parts.scratch(".parquet")
            self._columns.write_parquet(lines, table)
            lines.unlink()
            lines = table
        if rejected:
            rejections.replace(parts.rejected(number))
        else:
            rejections.unlink()
        lines.replace(parts.part(number))
        done = ShardDone(number=number, sentences=sentences, rejected=rejected, error=None)
        parts.note(done)
        return done

    def _line(self, record: dict[str, Any], parts: Parts) -> str:
        return self._columns.csv_line(record) if parts.paths.kind == ".csv" else json_line(record)

    def _units(self, shard: Shard) -> Iterator[Unit]:
        """As `Sources` does for all files together."""
        for path in shard["paths"]:
            try:
                yield from replace(self.job.sources, paths=[Path(path)]).units()
            except DataError as error:
                if self.job.alone:
                    raise
                yield Rejection(path, None, str(error))
