"""What a stage says when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ran` is false where everything was up to date; `summary` is one line for the user."""

    stage: str
    folder: Path
    ran: bool
    summary: str
    warnings: tuple[str, ...] = ()
