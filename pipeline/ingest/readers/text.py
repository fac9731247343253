"""Plain text: decoded, repaired where it was decoded wrongly before, pages taken from form feeds."""

from __future__ import annotations

import codecs
import re

from pipeline.errors import DataError
from pipeline.ingest.readers.file import File
from pipeline.records import Document

_MOJIBAKE = re.compile(
    "[\u00c2\u00c3\u00e2\u00d0\u00d1][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)


def read_text(file: File) -> Document:
    """The document of a plain text file; raises DataError if it cannot be decoded."""
    text = decoded(file)
    return document(file, text, pages(text))


def document(file: File, text: str, starts: tuple[int, ...] = ()) -> Document:
    """The record of the whole file as one document."""
    about = file.source
    return Document(
        id=file.id,
        path=file.name,
        text=text,
        title=about.title,
        publisher=about.publisher,
        kind=about.kind,
        date=about.date,
        language=about.language,
        rights=about.rights,
        pages=starts,
    )


def pages(text: str) -> tuple[int, ...]:
    """Offset of each page's start, from form feeds; empty if there are none."""
    starts = tuple(match.end() for match in re.finditer("\f", text) if match.end() < len(text))
    return (0, *starts) if starts else ()


def decoded(file: File) -> str:
    """Text of the file in the corpus's encoding, without byte order mark; raises DataError naming a bad byte."""
    data = file.path.read_bytes()
    encoding = codecs.lookup(file.settings.encoding).name
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(file, data, error) from error
    if "\x00" in text:
        raise DataError(
            f"{file.name}: byte {data.index(0)} is NUL, so this is no {file.settings.encoding} text;"
            " set corpus.encoding (utf-16?) or leave the file out"
        )
    return repaired(text) if file.settings.repair_mojibake else text


def repaired(text: str) -> str:
    """`text` with characters that were decoded as if UTF-8 were Latin-1 put right; nothing else is touched."""
    if _MOJIBAKE.search(text) is None:
        return text
    import ftfy

    return str(ftfy.fix_encoding(text))


def _undecodable(file: File, data: bytes, error: UnicodeDecodeError) -> DataError:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    byte = f"byte {error.start} (0x{data[error.start]:02x})"
    remedy = (
        f"it looks like {best.encoding}: set corpus.encoding={best.encoding}, or convert the file"
        if best is not None
        else "its encoding could not be told: convert the file to UTF-8"
    )
    return DataError(f"{file.name}: {byte} is not {file.settings.encoding}; {remedy}")
