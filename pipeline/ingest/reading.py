"""Files become documents, whatever their format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import DataError
from pipeline.ingest.readers.file import File, Reading
from pipeline.ingest.sources import Source, read_sources
from pipeline.records import Document
from pipeline.settings.corpus import CorpusSettings


def read_documents(patterns: Sequence[str], root: Path, settings: CorpusSettings | None = None) -> tuple[Document, ...]:
    """Documents of the files, folders and globs in `patterns`, which are relative to `root`, in the order of paths.

    Raises DataError for what cannot be found, read or decoded, for an empty document, and for ids used twice.
    """
    chosen = settings or CorpusSettings(files=list(patterns))
    return tuple(reading.document for reading in _read(find_files(patterns, root), chosen, root))


def read_files(settings: CorpusSettings, root: Path) -> list[Reading]:
    """Every document of the corpus; raises as `read_documents` does."""
    return _read(find_files(settings.files, root), settings, root)


def input_files(settings: CorpusSettings, root: Path) -> list[Path]:
    """Every file that `ingest` reads, the file about the sources included."""
    if settings.table is not None:
        from pipeline.ingest.tables.table import table_files

        return table_files(settings, root)
    files = find_files(settings.files, root)
    return [*files, root / settings.sources] if settings.sources else files


def find_files(patterns: Iterable[str], root: Path) -> list[Path]:
    """Files of a known format that `patterns` name, each once, sorted; raises DataError if a pattern names none."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        path = root / pattern
        if path.is_dir():
            matches = [file for file in path.rglob("*") if _is_readable(file, path)]
        elif path.is_file():
            if path.suffix.lower() not in READERS:
                raise DataError(f"{pattern}: no reader for {path.suffix or 'a file without suffix'}; {_KNOWN}")
            matches = [path]
        elif any(sign in pattern for sign in "*?["):
            base = Path(path.anchor) if Path(pattern).is_absolute() else root
            matches = [file for file in base.glob(str(path.relative_to(base))) if _is_readable(file, base)]
        else:
            raise DataError(f"{pattern}: no such document in {root}; correct corpus.files")
        if not matches:
            raise DataError(f"{pattern}: holds no document; {_KNOWN}")
        found.update(dict.fromkeys(matches))
    return sorted(found)


def document_ids(paths: Sequence[Path]) -> dict[Path, str]:
    """An id for each path: the number that its name begins with, up to an underscore, else its name without suffix.

    A number that two names begin with (a year, say) identifies neither, and both go by their names.
    """
    numbers = {path: path.stem.partition("_")[0] for path in paths}
    counts = Counter(numbers.values())
    return {
        path: number if number.isdecimal() and counts[number] == 1 else path.stem for path, number in numbers.items()
    }


def _read(paths: Sequence[Path], settings: CorpusSettings, root: Path) -> list[Reading]:
    sources: Mapping[str, Source] = read_sources(root / settings.sources) if settings.sources else {}
    ids = document_ids(paths)
    readings: list[Reading] = []
    for path in paths:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        source = sources.get(path.name, Source())
        try:
            readings += READERS[path.suffix.lower()](File(path, name, ids[path], source, settings))
        except OSError as error:
            raise DataError(f"{name}: cannot be read ({error.strerror}); make it readable or leave it out") from error
    places: dict[str, str] = {}
    for reading in readings:
        document = reading.document
        if document.id in places:
            raise DataError(
                f"{document.path}: document id {document.id!r} is already that of {places[document.id]}; rename one"
            )
        places[document.id] = document.path
        if not document.text.strip():
            raise DataError(f"{document.path}: the document is empty; fill it or leave it out of corpus.files")
    return readings


def _is_readable(file: Path, base: Path) -> bool:
    hidden = any(part.startswith(".") and part != ".." for part in file.relative_to(base).parts)
    return not hidden and file.suffix.lower() in READERS and file.is_file()


def _text(file: File) -> list[Reading]:
    from pipeline.ingest.readers.text import read_text

    return [Reading(read_text(file))]


def _html(file: File) -> list[Reading]:
    from pipeline.ingest.readers.html import read_html

    return [read_html(file)]


def _pdf(file: File) -> list[Reading]:
    from pipeline.ingest.readers.pdf import read_pdf

    return [Reading(read_pdf(file))]


def _json_lines(file: File) -> list[Reading]:
    from pipeline.ingest.readers.json_lines import read_json_lines

    return [Reading(document) for document in read_json_lines(file)]


READERS: Mapping[str, Callable[[File], list[Reading]]] = {
    ".txt": _text,
    ".text": _text,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".jsonl": _json_lines,
}
_KNOWN = f"the formats are {', '.join(READERS)}"
