"""Everything that `stance classify` reads, as one sequence of units that is the same on every reading."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.inference.documents import DOCUMENTS, read_document
from pipeline.inference.items import Item, Rejection, Unit, unencodable
from pipeline.inference.rows import TABLES, TableColumns, count_rows, read_lines, read_rows

STDIN = "-"
_SAMPLE = 1 << 16
_FORMATS = f"the formats are {', '.join([*DOCUMENTS, *TABLES])}"


@dataclass(frozen=True, slots=True)
class Sources:
    """Texts given as such (`-` stands for standard input, a sentence a line), then files in the order of `paths`.

    All are about `target`, but for the rows of tables whose `columns` name one.
    """

    texts: Sequence[str]
    paths: Sequence[Path]
    columns: TableColumns = field(default_factory=TableColumns)
    split: bool = False
    target: str = ""

    def units(self) -> Iterator[Unit]:
        """All units in order, with their targets; raises as reading them does."""
        for unit in self._units():
            if isinstance(unit, Item) and self.target and not unit.target:
                yield replace(unit, target=self.target)
            else:
                yield unit

    def _units(self) -> Iterator[Unit]:
        """All units in order. Raises DataError for a text or for a sole file that cannot be read at all.

        Among several files, one that cannot be read is a rejection, and the rest goes on.
        """
        for number, text in enumerate(self.texts, 1):
            if text == STDIN:
                yield from read_lines(sys.stdin.buffer, "standard input")
            elif not text.strip():
                raise DataError(f"text {number} is empty; give a sentence, or - for standard input")
            elif reason := unencodable(text):
                raise DataError(f"text {number}: {reason}; pass it in UTF-8")
            else:
                yield Item(str(number), text)
        for path in self.paths:
            try:
                yield from self._file(path)
            except DataError as error:
                if len(self.paths) == 1:
                    raise
                yield Rejection(str(path), None, str(error))

    def _file(self, path: Path) -> Iterator[Unit]:
        if path.suffix.lower() in TABLES:
            return read_rows(path, self.columns, self.split)
        return read_document(path)

    def count(self) -> int | None:
        """About how many units there are; None where only reading everything would tell."""
        tables = [path for path in self.paths if path.suffix.lower() in TABLES]
        if STDIN in self.texts or self.split or len(tables) < len(self.paths):
            return None
        try:
            return len(self.texts) + sum(map(count_rows, tables))
        except (OSError, ValueError):
            return None

    def fingerprint(self) -> list[Any]:
        """What must not change between an interruption and its continuation."""
        paths = [_identity(path) for path in self.paths]
        return [list(self.texts), list(astuple(self.columns)), self.split, paths, self.target]


def find_paths(patterns: Sequence[str]) -> list[Path]:
    """Files that `patterns` (files, folders, globs) name, each once; a folder's in the order of their paths.

    Raises DataError for a pattern that names none, and for a file of an unknown format.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        path = Path(pattern)
        if path.is_file():
            if not _is_readable(path):
                raise DataError(f"{pattern}: no reader for {path.suffix or 'a file without suffix'}; {_FORMATS}")
            matches = [path]
        elif path.is_dir():
            matches = sorted(file for file in path.rglob("*") if _is_readable(file) and not _is_hidden(file, path))
        else:
            matches = sorted(Path(name) for name in glob.glob(pattern, recursive=True) if _is_readable(Path(name)))
        if not matches:
            problem = f"holds no file to classify; {_FORMATS}" if path.exists() else "no such file; correct --input"
            raise DataError(f"{pattern}: {problem}")
        found.update(dict.fromkeys(matches))
    return list(found)


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in {*DOCUMENTS, *TABLES} and path.is_file()


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _identity(path: Path) -> list[Any]:
    """Name, size and a digest of beginning and end: enough to notice a changed file without reading all of it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        digest = sha256(stream.read(_SAMPLE))
        stream.seek(max(0, size - _SAMPLE))
        digest.update(stream.read(_SAMPLE))
    return [str(path), size, digest.hexdigest()]
