"""What the settings of every model have in common."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from omegaconf import MISSING


@dataclass
class ModelSettings:
    """`_target_` is the class that the settings are for."""

    _target_: str = MISSING

    @property
    def prepares(self) -> bool:
        """True where the folds of a repetition share work on the composed sentences."""
        return False

    def fit_seconds(self, documents: int, composed: int) -> float:
        """Very roughly, what a fit to so many sentences takes on one core; the progress bar counts in it."""
        return 0.01

    def preparation_seconds(self, composed: int) -> float:
        """The same for the work that folds share; 0 where they share none."""
        return 0.0

    def untuned(self) -> Self:
        """Settings for a fit without a search for hyperparameters; the same where there is none."""
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """Files, relative to the project root, that training reads besides the labels; other content trains anew."""
        return ()

    def preparation(self) -> dict[str, Any]:
        """The settings that the shared work depends on; while they stay the same, it is not done again."""
        return asdict(self)
