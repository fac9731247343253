"""From several votes on a sentence to one label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Vote, VoteKind

RANKS: dict[VoteKind, int] = {
    VoteKind.RESOLVED: 0,
    VoteKind.HUMAN: 0,
    VoteKind.COMPOSED: 0,
    VoteKind.MODEL: 1,
    VoteKind.RULE: 2,
}
"""Only the votes of the lowest rank that a sentence has are counted."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The label that votes came to (None: a tie, or nobody voted) and how, in words."""

    label: str | None
    provenance: str


def resolve(votes: Iterable[Vote]) -> dict[tuple[str, str], Resolution]:
    """Resolve all votes to one label a (sentence, task): the majority among the highest-ranking kinds.

    Adjudicated and human votes outrank a model's, which outrank a rule's. Abstentions do not count; a tie gives None.
    A method that learns how far each annotator is to be trusted has the same signature.
    """
    ballots: dict[tuple[str, str], list[Vote]] = defaultdict(list)
    for vote in votes:
        ballots[vote.sentence, vote.task].append(vote)
    return {key: _majority(ballot) for key, ballot in ballots.items()}


def _majority(ballot: Sequence[Vote]) -> Resolution:
    cast = [vote for vote in ballot if vote.label is not None]
    if not cast:
        return Resolution(None, "no vote")
    rank = min(RANKS[vote.kind] for vote in cast)
    top = [vote for vote in cast if RANKS[vote.kind] == rank]
    counts = Counter(vote.label for vote in top).most_common()
    kinds = "+".join(dict.fromkeys(vote.kind.value for vote in top))
    if len(counts) > 1 and counts[0][1] == counts[1][1]:
        tally = ", ".join(f"{label} {count}" for label, count in counts)
        return Resolution(None, f"{kinds}: tie of {tally}")
    if top[0].kind is VoteKind.COMPOSED:
        return Resolution(counts[0][0], VoteKind.COMPOSED.value)
    if len(counts) == 1:
        return Resolution(counts[0][0], f"{kinds}:{'+'.join(vote.annotator for vote in top)}")
    return Resolution(counts[0][0], f"{kinds}: majority of {counts[0][1]} in {len(top)}")
