"""What a classifier asks of the kinds of model: probabilities, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.explanation import WordContribution

Probabilities = Mapping[str, NDArray[np.float64]]
"""Task name to an array of shape (texts, labels), rows summing to 1."""


class Scorer(Protocol):
    """One loaded model. `prepare` may run in another thread than `probabilities`."""

    method: str
    """How `explain` finds what a decision rests on, with its source."""

    def prepare(self, texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str]) -> Any:
        """What `probabilities` takes: the texts in the form that the model reads."""
        ...

    def probabilities(self, prepared: Any, batch_size: int) -> Probabilities:
        """Calibrated probabilities of every task's labels; a text's do not depend on its companions."""
        ...

    def explain(
        self, text: str, context: str, labels: Mapping[str, str], target: str = ""
    ) -> dict[str, list[WordContribution]]:
        """What each word of `text` adds to the label of each task in `labels`."""
        ...
