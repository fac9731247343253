"""What the settings of every model have in common."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

from omegaconf import MISSING


@dataclass
class ModelSettings:
    """`_target_` is the class that the settings are for. `effort` is a rough cost of one fit, for the progress bar."""

    _target_: str = MISSING
    effort: ClassVar[float] = 1.0

    @property
    def prepares(self) -> bool:
        """True where the folds of a repetition share work on the composed sentences."""
        return False

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
