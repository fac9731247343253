"""PDF: the text layer, page by page."""

from __future__ import annotations

from typing import Any

from pipeline.errors import DataError
from pipeline.ingest.readers.file import File
from pipeline.ingest.readers.text import document
from pipeline.records import Document


def read_pdf(file: File) -> Document:
    """The text of all pages with form feeds between them, and where each page starts.

    Raises DataError for a file that is no PDF, is locked by a password, or has no text layer.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(file.path) as pdf:
            texts = [_page_text(page) for page in pdf]
    except pypdfium2.PdfiumError as error:
        raise DataError(f"{file.name}: cannot be read as PDF ({error}); repair, unlock or leave it out") from error
    if not any(text.strip() for text in texts):
        raise DataError(f"{file.name}: none of its {len(texts)} pages has a text layer; run text recognition first")
    starts, offset = [], 0
    for text in texts:
        starts.append(offset)
        offset += len(text) + 1
    return document(file, "\f".join(texts), tuple(starts))


def _page_text(page: Any) -> str:
    text = str(page.get_textpage().get_text_bounded()).replace("\f", "\n").replace("\x00", "")
    # PDFium marks the hyphen of a broken word by U+FFFE, and joins nothing itself.
    return text.replace("\ufffe", "-")
