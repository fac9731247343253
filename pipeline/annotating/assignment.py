"""What is put before an annotator, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LABEL = "label"
ADJUDICATE = "adjudicate"
"""Purpose of an assignment that shows the votes of annotators who disagreed; the answer is an adjudicated vote."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pre-label: the label that `origin` (a model, a set of rules, an annotator) proposes."""

    label: str
    origin: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A sentence for an annotator, with the text before it.

    `proposals` maps tasks to pre-labels. `votes` tells, in words, which votes disagree; it is empty unless the sentence
    is to be adjudicated.
    """

    sentence: str
    text: str
    codebook: str
    context: str = ""
    document: str = ""
    page: int | None = None
    section: str = ""
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    votes: str = ""

    def fields(self) -> dict[str, Any]:
        """Flat fields that every tool hands back as it got them, so that an answer tells what it answers."""
        proposed: dict[str, str] = {}
        for task, proposal in self.proposals.items():
            proposed |= {f"{task}_prelabel": proposal.label, f"{task}_prelabel_by": proposal.origin}
        return {
            "sentence_id": self.sentence,
            "text": self.text,
            "context": self.context,
            "document": self.document,
            "page": self.page,
            "section": self.section,
            "codebook": self.codebook,
            "purpose": ADJUDICATE if self.votes else LABEL,
            "votes": self.votes,
            **proposed,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What one annotator answered for one sentence, as a tool's file has it, before anything is checked.

    `labels` maps tasks to a label, None where the annotator skipped; a task without an answer is absent. `fields` are
    those of the assignment. `source` and `entry` say where it stands (`entry`: a line, or ids of the tool).
    """

    source: str
    entry: str
    fields: Mapping[str, Any]
    annotator: str
    labels: Mapping[str, str | None]
    time: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry of a tool's file that gave no vote, and why. `content` is its beginning."""

    source: str
    entry: str
    reason: str
    content: str

    @property
    def place(self) -> str:
        """Where to look for it."""
        return f"{self.source}:{self.entry}" if self.entry.isdigit() else f"{self.source}, {self.entry}"
