"""Answers on disk by what was asked, so that no question is paid for twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, sha256_json, write_json
from pipeline.errors import ArtifactError
from pipeline.labeling.language_model.answers import Completion
from pipeline.labeling.language_model.prompt import Messages
from pipeline.settings.language_model import LanguageModelSettings

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer with the time at which it came (ISO 8601, UTC)."""

    completion: Completion
    time: str


class AnswerCache:
    """One file an answer, named by the digest of endpoint, model, parameters, messages and schema."""

    def __init__(self, folder: Path, settings: LanguageModelSettings) -> None:
        self._folder = folder
        self._asked = {"base_url": settings.base_url.rstrip("/"), "model": settings.model}
        self._parameters = dict(settings.parameters)

    def key(self, messages: Messages, schema: Mapping[str, Any]) -> str:
        """Digest of one question."""
        return sha256_json([FORMAT, self._asked, self._parameters, messages, dict(schema)])

    def path(self, key: str) -> Path:
        """File of the answer to `key`."""
        return self._folder / key[:2] / f"{key}.json"

    def get(self, key: str) -> Kept | None:
        """The kept answer; raises ArtifactError where its file is broken."""
        path = self.path(key)
        if not path.is_file():
            return None
        value = read_json(path)
        try:
            if value["format"] != FORMAT:
                raise ValueError(f"format {value['format']!r}")
            return Kept(Completion(**value["answer"]), str(value["time"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"{path} holds no answer ({error!r}); delete it to ask again") from error

    def put(self, key: str, question: str, kept: Kept) -> None:
        """Keep an answer with its question, in one step."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        asked = {**self._asked, "parameters": self._parameters, "question": question}
        write_json(path, {"format": FORMAT, "time": kept.time, "asked": asked, "answer": asdict(kept.completion)})
