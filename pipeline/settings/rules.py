"""Settings of the rules as a comparator."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ConfigError
from pipeline.settings.model import ModelSettings


@dataclass
class RulesSettings(ModelSettings):
    """The label that most rules vote for. `files` are rule files relative to the project root, of one task each."""

    _target_: str = "pipeline.models.rules.RulesModel"
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.files:
            raise ConfigError("rules.files is empty; name rule files there or under labeling.rules, or leave rules out")

    @property
    def reads(self) -> tuple[str, ...]:
        """The rule files."""
        return tuple(self.files)
