"""JSON and JSON Lines on disk: written aside, then renamed, so that nothing half-written is ever found."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import ArtifactError, DataError

_CHUNK = 1 << 20
T = TypeVar("T")


def sha256_file(path: Path) -> str:
    """Hex digest of a file's bytes; raises DataError when it is missing."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing; run the stage that writes it, restore the file, or correct the setting that names it"
        ) from None
    return digest.hexdigest()


def sha256_json(value: Any) -> str:
    """Hex digest of the canonical JSON form of `value` (sorted keys, no white space)."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write `content` to a neighbour of `path`, flush it to disk and rename it over `path`."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with scratch.open("wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise ArtifactError(f"{path} could not be written ({error.strerror}); nothing was replaced") from error


def write_json(path: Path, value: Any) -> None:
    """Write one JSON document; NaN and infinity are refused, since no other JSON reader takes them."""
    write_atomically(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read one JSON document; raises ArtifactError naming the file when it is missing or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing; run the stage that writes it") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{path} is not valid JSON ({error}); delete it and run the stage again") from error


def write_records(path: Path, records: Iterable[Any]) -> None:
    """Write dataclass records (or plain dicts) as JSON Lines."""
    lines = (
        json.dumps(
            asdict(record) if is_dataclass(record) and not isinstance(record, type) else record,
            ensure_ascii=False,
            allow_nan=False,
        )
        for record in records
    )
    write_atomically(path, "".join(f"{line}\n" for line in lines))


def read_records(path: Path, kind: type[T]) -> list[T]:
    """Read JSON Lines into dataclass records of `kind`; JSON lists become tuples."""
    return [_build(kind, row, path, number) for number, row in _rows(path)]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                yield number, json.loads(line)
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing; run the stage that writes it") from None
    except json.JSONDecodeError as error:
        raise ArtifactError(f"{path} holds a broken line ({error}); delete it and run the stage again") from error


def _build(kind: type[T], row: dict[str, Any], path: Path, number: int) -> T:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ArtifactError(f"{path}:{number}: not a {kind.__name__} ({error}); run the stage again") from error
