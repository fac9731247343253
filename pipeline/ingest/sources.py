"""What is known about each source: title, author or publisher, kind, date, language, rights."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.errors import DataError


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of sources.yaml; None where the text does not tell. `publisher` may be an author."""

    title: str | None = None
    publisher: str | None = None
    kind: str | None = None
    date: str | None = None
    language: str | None = None
    rights: str | None = None


FIELDS = tuple(field.name for field in fields(Source))


def read_sources(path: Path) -> dict[str, Source]:
    """Entries of the YAML file at `path` by file name; raises DataError for a missing file or an unknown field."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; correct corpus.sources or leave it empty") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path.name}: no valid YAML in UTF-8: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise DataError(f"{path.name}: holds no mapping from file names to their title, publisher, kind, date …")
    sources: dict[str, Source] = {}
    for name, entry in content.items():
        if not isinstance(entry, dict):
            raise DataError(f"{path.name}: {name!r} holds {entry!r}; write one line for each of {', '.join(FIELDS)}")
        unknown = sorted(set(map(str, entry)) - set(FIELDS))
        if unknown:
            raise DataError(f"{path.name}: {name!r} has an unknown field {unknown[0]!r}; known: {', '.join(FIELDS)}")
        sources[str(name)] = Source(**{key: None if value is None else str(value) for key, value in entry.items()})
    return sources
