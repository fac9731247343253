"""The records that flow between the stages: frozen, slotted, and written as JSON Lines with these very field names."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class VoteKind(StrEnum):
    """Who cast a vote. The kinds are never merged: a rule's vote stays a rule's vote."""

    RESOLVED = "resolved"
    """A label that came resolved from somebody else's adjudication (the published gold labels)."""
    MODEL = "model"
    """A pass of a language model or classifier."""
    HUMAN = "human"
    ADJUDICATED = "adjudicated"
    """A person's decision on a sentence about which annotators disagreed; it outranks their votes."""
    RULE = "rule"
    COMPOSED = "composed"
    """The label of a sentence that was written for training. Evidence of nothing, never tested on."""


@dataclass(frozen=True, slots=True)
class Document:
    """One source text as it was read.

    `text` is the raw text, decoded; every offset elsewhere counts its characters (code points).
    `pages` holds the offset at which each page starts, empty where the reader knows of no pages.
    """

    id: str
    path: str
    text: str
    title: str | None = None
    publisher: str | None = None
    kind: str | None = None
    date: str | None = None
    language: str | None = None
    rights: str | None = None
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document.

    `text` is the clean text with white space folded to single spaces; `document.text[start:end]` is the raw span that
    it came from (which may hold a line break, a footnote mark or a page turn that `text` does not). `page` counts
    from 1. `index` counts the sentences of the document from 0.
    """

    id: str
    document: str
    index: int
    text: str
    start: int
    end: int
    page: int | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A stretch of raw text that became no sentence, with the reason (`page_number`, `footnote`, `table` …)."""

    document: str
    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """What a labelled data set says about one of its rows, whose text is the sentence of the same id.

    `place` is `file:line`. `labels` are named as the configuration maps them (None: the row has no label for the task);
    the other fields are those of `LabeledSentence`.
    """

    sentence: str
    place: str
    labels: dict[str, str | None]
    context: str = ""
    target: str = ""
    group: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """One label for one sentence and task, from one annotator. `label` is None for an abstention."""

    sentence: str
    task: str
    label: str | None
    annotator: str
    kind: VoteKind
    codebook: str
    """Version of the codebook that the annotator followed."""
    time: str = ""
    """When the vote was cast (ISO 8601), empty where nobody recorded it."""
    prelabel: str = ""
    """Who had proposed this very label and had it confirmed unchanged; empty where nobody had, or it was changed."""


@dataclass(frozen=True, slots=True)
class LabeledSentence:
    """A sentence with one resolved label a task (None: no label, do not train or test on that task).

    Composed sentences have no document and `composed` true.
    """

    id: str
    text: str
    labels: dict[str, str | None]
    document: str | None = None
    index: int = 0
    start: int | None = None
    end: int | None = None
    page: int | None = None
    section: str | None = None
    composed: bool = False
    context: str = ""
    """The text right before the sentence in its document or passage, empty at a beginning."""
    target: str = ""
    """What the stance is towards, where a data set has several targets."""
    group: str = ""
    """What must stay on one side of every split, where a data set says so; it stands above document and neighbours."""
    part: str = ""
    """`train`, `development` or `test`, where a data set came divided."""
    provenance: dict[str, str] = field(default_factory=dict)
    """How each task's label was resolved, for example `resolved:gold` or `composed`."""
    confidence: dict[str, float] = field(default_factory=dict)
    """How far to trust each task's label, in (0, 1]; a task that is not here has 1."""

    def is_by_rules(self, task: str) -> bool:
        """Whether the sentence has a label for `task` that labelling functions alone decided."""
        return self.labels.get(task) is not None and self.provenance.get(task, "").startswith(f"{VoteKind.RULE}:")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Out-of-fold probabilities of one model for one sentence and task.

    `probabilities` follow the label order of the codebook and sum to 1.
    """

    sentence: str
    task: str
    model: str
    repetition: int
    fold: int
    probabilities: tuple[float, ...]
