"""How much one server takes on."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Limits:
    """What goes beyond is answered 413 (`body_bytes`), 429 (`held_bytes`, `queue`), 503 (`timeout`) or 422 (the rest).

    `body_bytes` of one request's body and `held_bytes` of the bodies of all; `texts`, or sentences of a document, a
    request; `characters` of one text or context; `queue` texts waiting for the model in all; `timeout` in seconds from
    the head of a request to its answer; `document_characters` of a document in plain text; `explained_characters` of a
    request's texts with explanations, each word of which costs a prediction.
    """

    body_bytes: int = 8 << 20
    held_bytes: int = 128 << 20
    texts: int = 2000
    characters: int = 10_000
    queue: int = 8000
    timeout: float = 60.0
    document_characters: int = 1_000_000
    explained_characters: int = 20_000

    def __post_init__(self) -> None:
        for name in ("body_bytes", "texts", "characters", "queue"):  # those that the command line sets
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}, it must be at least 1")
        if not 0 < self.timeout < float("inf"):
            raise ConfigError(f"timeout is {self.timeout}, it must be a positive number of seconds")
