"""Answers of people become votes: each is checked on its own, so that a bad one costs no good one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.annotating.assignment import ADJUDICATE, Answer, Rejected
from pipeline.annotating.formats.label_studio import CONTENT
from pipeline.codebook import Codebook
from pipeline.labeling.annotations import COMPOSED, GOLD, fold
from pipeline.labeling.resolution import moment
from pipeline.records import Vote, VoteKind

Key = tuple[str, str, str, VoteKind, str]
"""Sentence, task, annotator, kind and time: what no two different votes may share."""


@dataclass(slots=True)
class Ballot:
    """Votes by people, and what gave none.

    `unchanged` counts the votes among those added that repeat a pre-label, `known` the answers that were there before.
    """

    votes: dict[Key, Vote] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    added: int = 0
    known: int = 0
    unchanged: int = 0

    def add(self, answers: Iterable[Answer | Rejected], texts: Mapping[str, str], codebook: Codebook) -> None:
        """Turn `answers` into votes; `texts` maps the ids of the corpus to its sentences.

        Repeated answers are all kept: whoever reads votes counts the latest. An answer that contradicts another of the
        same annotator and time is rejected, as nobody knows which one is later.
        """
        for answer in answers:
            if isinstance(answer, Rejected):
                self.rejected.append(answer)
                continue
            for one in _votes(answer, texts, codebook):
                if isinstance(one, Rejected):
                    self.rejected.append(one)
                else:
                    self._cast(one, answer)

    def _cast(self, vote: Vote, answer: Answer) -> None:
        key = (vote.sentence, vote.task, vote.annotator, vote.kind, vote.time)
        earlier = self.votes.get(key)
        if earlier is None:
            self.votes[key] = vote
            self.added += 1
            self.unchanged += bool(vote.prelabel)
        elif earlier.label == vote.label:
            self.known += 1
        else:
            when = f"of the same time {vote.time}" if vote.time else "without a time"
            reason = (
                f"{vote.annotator} has another {vote.task} label, {earlier.label!r}, {when} for {vote.sentence!r}; "
                "give the later one a time, or remove the earlier vote"
            )
            self.rejected.append(_reject(answer, reason))


def _votes(answer: Answer, texts: Mapping[str, str], codebook: Codebook) -> Iterator[Vote | Rejected]:
    sentence = str(answer.fields.get("sentence_id") or "")
    followed = str(answer.fields.get("codebook") or codebook.identifier)
    if not answer.labels:
        return  # Shown to nobody yet, or to somebody who left everything open.
    problem = _problem(answer, sentence, followed, texts, codebook)
    if problem:
        yield _reject(answer, problem)
        return
    kind = VoteKind.ADJUDICATED if answer.fields.get("purpose") == ADJUDICATE else VoteKind.HUMAN
    for task, label in answer.labels.items():
        if task not in codebook.tasks:
            yield _reject(
                answer, f"unknown task {task!r}; codebook {codebook.identifier} has {', '.join(codebook.tasks)}"
            )
        elif label is not None and label not in codebook.labels(task):
            names = ", ".join(codebook.labels(task))
            yield _reject(answer, f"unknown {task} label {label!r}; codebook {codebook.identifier} has {names}")
        elif kind is VoteKind.HUMAN or label is not None:
            # Whoever adjudicates and skips has decided nothing.
            origin = _origin(answer, task, label)
            yield Vote(sentence, task, label, answer.annotator, kind, followed, answer.time, origin)


def _problem(answer: Answer, sentence: str, followed: str, texts: Mapping[str, str], codebook: Codebook) -> str:
    """Why the answer as a whole cannot count, empty where it can."""
    text = str(answer.fields.get("text") or "")
    if sentence not in texts:
        return f"sentence {sentence!r} is not in this corpus; import it for the corpus that it was exported from"
    if text and fold(text) != fold(texts[sentence]):
        return f"the text of sentence {sentence!r} differs from the corpus, which has {texts[sentence]!r}"
    if not answer.annotator:
        return "nobody knows who answered; name them with --annotator"
    if answer.annotator in (GOLD, COMPOSED):
        return f"annotator {answer.annotator!r} is reserved; name them otherwise"
    if followed != codebook.identifier:
        return f"follows codebook {followed}, not {codebook.identifier}; import it with --codebook of that version"
    try:
        moment(answer.time)
    except ValueError:
        return f"time {answer.time!r} is not in ISO 8601, as in 2025-01-31T12:00:00+00:00"
    return ""


def _origin(answer: Answer, task: str, label: str | None) -> str:
    """Who had proposed `label` before it was confirmed."""
    proposed, by = answer.fields.get(f"{task}_prelabel"), answer.fields.get(f"{task}_prelabel_by")
    return str(by or "") if label is not None and proposed == label else ""


def _reject(answer: Answer, reason: str) -> Rejected:
    content = json.dumps({"annotator": answer.annotator, "labels": answer.labels, **answer.fields}, ensure_ascii=False)
    return Rejected(answer.source, answer.entry, reason, content[:CONTENT])
