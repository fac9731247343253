"""Bulk work into a file: appended in order, checkpointed, resumable after any interruption.

Beside the output lies a checkpoint: how many units are done, and how long output and rejections were then. It is
replaced, in one step, only after both files are safely on disk; what lies behind these lengths was written by a run
that died before its checkpoint, and is cut off. So no unit is lost and none is written twice, whenever a run dies.
The checkpoint is made before the output and removed after it is complete: an output without one is finished.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pipeline.artifacts import sha256_json, write_json
from pipeline.errors import DataError
from pipeline.inference.bulk_progress import counting
from pipeline.inference.classifier import Classifier
from pipeline.inference.formats import Columns, json_line
from pipeline.inference.items import Rejection
from pipeline.inference.output_paths import FORMAT, Checkpoint, OutputPaths, disk_errors
from pipeline.inference.rejected_lines import report
from pipeline.inference.results import Results
from pipeline.inference.sources import Sources

_TOLD = 20
"""Rejections that are told one by one; the rest is only in its file and in the count."""


class Done(NamedTuple):
    """What a finished output holds."""

    sentences: int
    rejected: int


class BulkOutput:
    """One output file and its rejections; `state` tells what is done."""

    def __init__(self, paths: OutputPaths, job: str, classifier: Classifier, explained: bool) -> None:
        self.paths, self._columns = paths, Columns(classifier.labels, bool(classifier.targets), explained)
        self._start = Checkpoint(FORMAT, job, classifier.engine, classifier.precision)
        self.state = self._start

    @contextmanager
    def opened(self, resume: bool) -> Iterator[BulkOutput]:
        """Open both files, cut to what the checkpoint vouches for; the output is complete when the block ends.

        Raises DataError, for a fresh run where the output exists, to resume where the job has changed since.
        """
        with disk_errors(self.paths.target), self.paths.locked():
            found = self.paths.begun(self._start, resume)
            self.state = found or self._start
            if found is None:
                self.paths.rejected.unlink(missing_ok=True)
                self.paths.growing.unlink(missing_ok=True)
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

    def append(self, results: Sequence[Mapping[str, Any] | Rejection]) -> None:
        """Write results that follow those before, and vouch for them once they are on disk."""
        lines = [self._line(result) for result in results if not isinstance(result, Rejection)]
        rejections = [json_line(asdict(result)) for result in results if isinstance(result, Rejection)]
        if self.paths.kind == ".csv" and self.state.output_bytes == 0 and lines:
            lines.insert(0, self._columns.csv_header())
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
        return self._columns.csv_line(record) if self.paths.kind == ".csv" else json_line(record)

    def _commit(self, state: Checkpoint) -> None:
        write_json(self.paths.checkpoint, asdict(state))
        self.state = state

    @contextmanager
    def _open(self, path: Path, length: int) -> Iterator[BinaryIO]:
        with path.open("ab") as stream:
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
            self._columns.write_parquet(self.paths.growing, scratch)
            scratch.replace(self.paths.target)
            self.paths.growing.unlink()
        if not self.state.rejected:
            self.paths.rejected.unlink(missing_ok=True)
        self.paths.close()


def _append(stream: BinaryIO, lines: Iterable[str]) -> int:
    """Write lines and wait until they are on disk; return their length in bytes."""
    content = "".join(lines).encode()
    if content:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return len(content)


def classify_into(results: Results, sources: Sources, paths: OutputPaths, resume: bool) -> Done:
    """Classify everything in `sources` into one file in this process, or go on with what was interrupted."""
    output = BulkOutput(paths, job_of(results, sources), results.classifier, results.explain)
    told = 0
    with output.opened(resume):
        if not output.state.read_all:
            rest = islice(sources.units(), output.state.done, None)
            with counting(sources.count(), output.state.done) as advance:
                for group in results.lines(rest):
                    output.append(group)
                    for result in group:
                        if isinstance(result, Rejection) and (told := told + 1) <= _TOLD:
                            report(result, paths.rejected)
                    advance(len(group))
    return Done(output.state.done - output.state.rejected, output.state.rejected)


def job_of(results: Results, sources: Sources) -> str:
    """Digest of all that decides what the output is, but for the backend."""
    classifier = results.classifier
    thresholds = {task: known.abstain_below for task, known in classifier.reliability.items()}
    return sha256_json([sources.fingerprint(), classifier.model, list(classifier.labels), thresholds, results.explain])
