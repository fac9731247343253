"""Names as a reader sees them. In code, metrics and files they stay identifiers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pipeline.records import Document

FLOORS = frozenset({"majority", "stratified"})
"""Models that know nothing of the text."""

_MODELS = {
    "transformer": "Transformer",
    "embedding": "Embeddings",
    "tfidf": "TF-IDF",
    "rules": "Rules",
    "stratified": "Stratified guess",
    "majority": "Majority",
}

METRICS = {
    "macro_f1": "Macro-F1",
    "accuracy": "Accuracy",
    "mcc": "MCC",
    "contrast_f1": "Contrast F1",
    "log_loss": "Log-loss",
    "brier": "Brier score",
    "ece": "ECE",
}
"""Display names of metrics, in the order of the report."""


def model_name(model: str) -> str:
    """Display name of a model, its identifier in words where it is an unknown one."""
    return _MODELS.get(model, words(model))


def sort_models(models: Iterable[str]) -> tuple[str, ...]:
    """Models in the order of the report: strongest kind first, floors last, unknown ones before the floors."""
    order = list(_MODELS)
    rank = {model: float(position) for position, model in enumerate(order)}
    return tuple(sorted(models, key=lambda model: (rank.get(model, order.index("rules") + 0.5), model)))


def words(identifier: str) -> str:
    """An identifier without its underscores."""
    return identifier.replace("_", " ")


def title(identifier: str) -> str:
    """An identifier as a heading."""
    text = words(identifier)
    return text[:1].upper() + text[1:]


def document_name(document: Document) -> str:
    """Title of a document; where it has none, its kind and id."""
    return document.title or title(f"{document.kind} {document.id}" if document.kind else document.id)


def shorten(text: str, length: int) -> str:
    """`text` in at most `length` characters, cut at a word where that costs little."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > 0.75 * length else head).rstrip(" ,;:-\u2013") + "…"


def enumerate_words(items: Sequence[str] | Collection[str]) -> str:
    """`a`, `a and b` or `a, b and c`."""
    listed = list(items)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"
