"""Who takes which stance, with which rhetorical frame, sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.inference.classifier import Classifier

__all__ = ["Classifier"]


def __getattr__(name: str) -> Any:
    """Import `Classifier` when it is first asked for: no other part of the package should pay for it."""
    if name == "Classifier":
        from pipeline.inference.classifier import Classifier

        return Classifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
