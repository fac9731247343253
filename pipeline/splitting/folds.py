"""The folds of an experiment: sentence ids only, so that texts and labels have one home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.errors import ArtifactError

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Fold:
    """Ids of the document sentences to train on and to test on.

    `development` holds the ids of a development part that came with the data; where it is empty, models hold out their
    own from `train`.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    development: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folds:
    """All folds of all repetitions.

    `groups` maps every document sentence to its group. `dropped_composed` names the composed sentences that are too
    like a document sentence to be trained on, in any fold; the others may join the training part of each.
    """

    strategy: str
    groups: dict[str, str]
    repetitions: tuple[tuple[Fold, ...], ...]
    dropped_composed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON object: `schema`, `strategy`, `groups`, `dropped_composed` and `repetitions` of folds of two lists."""
        return {
            "schema": SCHEMA,
            "strategy": self.strategy,
            "groups": dict(self.groups),
            "dropped_composed": list(self.dropped_composed),
            "repetitions": [
                [
                    {"train": list(fold.train), "test": list(fold.test), "development": list(fold.development)}
                    for fold in folds
                ]
                for folds in self.repetitions
            ],
        }

    @classmethod
    def from_json(cls, data: Any) -> Folds:
        """Read what `to_json` gave; raises ArtifactError for anything else."""
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            found = data.get("schema") if isinstance(data, dict) else type(data).__name__
            raise ArtifactError(f"folds have schema {found!r}, this version reads {SCHEMA}; run the split stage again")
        try:
            return cls(
                strategy=str(data["strategy"]),
                groups={str(one): str(group) for one, group in data["groups"].items()},
                repetitions=tuple(
                    tuple(
                        Fold(_ids(fold["train"]), _ids(fold["test"]), _ids(fold.get("development", [])))
                        for fold in folds
                    )
                    for folds in data["repetitions"]
                ),
                dropped_composed=_ids(data["dropped_composed"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ArtifactError(f"folds are incomplete ({error!r}); run the split stage again") from error


def _ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{str(value)[:40]!r} is no list of sentence ids")
    return tuple(value)
