"""Sentences in, a model's votes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.codebook import Codebook
from pipeline.labeling.language_model.answers import read_completion
from pipeline.labeling.language_model.cache import AnswerCache, Kept
from pipeline.labeling.language_model.endpoint import Endpoint
from pipeline.labeling.language_model.prompt import Prompt
from pipeline.records import Sentence, Vote, VoteKind

_CONTENT = 2_000


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why a task of a sentence got no label. `answer` is the beginning of what the model said, `key` its cache key."""

    sentence: str
    task: str
    reason: str
    answer: str
    key: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """One sentence with a vote a task; `paid` is false where the answer had been kept."""

    votes: tuple[Vote, ...]
    abstentions: tuple[Abstention, ...]
    paid: bool


def contexts(sentences: Sequence[Sentence], count: int) -> dict[str, str]:
    """The text of up to `count` sentences before each in its document, by sentence id."""
    text_at = {(one.document, one.index): one.text for one in sentences}
    found = {}
    for one in sentences:
        before = (text_at.get((one.document, one.index - back), "") for back in range(count, 0, -1))
        found[one.id] = " ".join(text for text in before if text)
    return found


@dataclass(frozen=True)
class Annotator:
    """A model that follows a codebook. `name` marks its votes: the model and the digest of all it was told."""

    name: str
    codebook: Codebook
    prompt: Prompt
    endpoint: Endpoint
    cache: AnswerCache
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def annotate(self, sentences: Sequence[Sentence], context: dict[str, str]) -> Iterator[Annotated]:
        """The votes on each of `sentences`, in order; raises as `Endpoint.complete` does, with all before it kept."""
        for sentence in sentences:
            messages = self.prompt.messages(sentence.text, context.get(sentence.id, ""))
            key = self.cache.key(messages, self.prompt.schema)
            kept = self.cache.get(key)
            paid = kept is None
            if kept is None:
                completion = self.endpoint.complete(messages, self.prompt.schema)
                kept = Kept(completion, self.now().isoformat(timespec="seconds"))
                self.cache.put(key, messages[-1]["content"], kept)
            yield self._read(sentence, key, kept, paid)

    def _read(self, sentence: Sentence, key: str, kept: Kept, paid: bool) -> Annotated:
        reading = read_completion(kept.completion, self.codebook)
        said = (kept.completion.content or kept.completion.refusal or "")[:_CONTENT]
        return Annotated(
            votes=tuple(
                Vote(sentence.id, task, label, self.name, VoteKind.MODEL, self.codebook.identifier, kept.time)
                for task, label in reading.labels.items()
            ),
            abstentions=tuple(
                Abstention(sentence.id, task, reason, said, key) for task, reason in reading.reasons.items()
            ),
            paid=paid,
        )
