"""Rejected lines: told on standard error, and put aside in a file of the working directory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.inference.formats import json_line
from pipeline.inference.items import Rejection, Unit
from pipeline.inference.record import ClassifiedSentence
from pipeline.inference.results import Answer
from pipeline.inference.sources import STDIN, Sources


class RejectedLines:
    """The file exists only if there are some; `any` tells."""

    def __init__(self, sources: Sources) -> None:
        first = sources.paths[0].stem if sources.paths and STDIN not in sources.texts else "stdin"
        self.path, self.any = rejected_path(Path(first)), False
        self._stream: Any = None

    def __enter__(self) -> RejectedLines:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def put_aside(self, group: Sequence[Answer]) -> list[tuple[Unit, ClassifiedSentence]]:
        """The classified sentences of `group`; its rejections are written and reported."""
        for _, result in group:
            if isinstance(result, Rejection):
                self._write(result)
        return [(unit, result) for unit, result in group if isinstance(result, ClassifiedSentence)]

    def _write(self, rejection: Rejection) -> None:
        if self._stream is None:
            try:
                self._stream = self.path.open("w", encoding="utf-8")
            except OSError as error:
                raise DataError(f"{self.path}: {error.strerror}; run where rejected lines can be put aside") from error
        self._stream.write(json_line(asdict(rejection)))
        self._stream.flush()
        self.any = True
        report(rejection, self.path)


def rejected_path(path: Path) -> Path:
    """Where the rejected lines of `path` are put aside."""
    return path.with_name(f"{path.stem}.rejected.jsonl")


def report(rejection: Rejection, path: Path) -> None:
    """One line on standard error."""
    place = rejection.source if rejection.line is None else f"{rejection.source}:{rejection.line}"
    print(f"rejected {place}: {rejection.reason} (kept in {path})", file=sys.stderr)
