"""Documents in; sentences with their exact place out, and whatever was dropped with its reason.

The names below are imported when they are first used, so that splitting a text at inference loads no reader or rule.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.ingest.corpus import Corpus, ingest
    from pipeline.ingest.free_text import TextSpan, split_text
    from pipeline.ingest.reading import input_files, read_documents

__all__ = ["Corpus", "TextSpan", "ingest", "input_files", "read_documents", "split_text"]

_MODULES = {
    "Corpus": "corpus",
    "TextSpan": "free_text",
    "ingest": "corpus",
    "input_files": "reading",
    "read_documents": "reading",
    "split_text": "free_text",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
