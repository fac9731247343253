"""From several votes on a sentence to one label, with how it came about and how far to trust it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.records import Vote, VoteKind

AUTHORITY = (
    VoteKind.ADJUDICATED,
    VoteKind.RESOLVED,
    VoteKind.HUMAN,
    VoteKind.COMPOSED,
    VoteKind.MODEL,
    VoteKind.RULE,
)
"""Highest first. Only the votes of the highest kind that a sentence has in a task are counted."""
AGGREGATED = frozenset({VoteKind.HUMAN, VoteKind.MODEL, VoteKind.RULE})
"""Kinds of which several annotators may be weighed against each other; the others decide by themselves."""
DAWID_SKENE = "dawid_skene"

Key = tuple[str, str]
"""Sentence id and task."""
Posteriors = Mapping[Key, Mapping[str, float]]
"""Probability of each label."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The label that votes came to (None: a tie, or nobody voted) and how, in words.

    `confidence`, in [0, 1], is the share of the counted votes for the label, or its probability by Dawid and Skene.
    `voters` are those whose label it is.
    """

    label: str | None
    provenance: str
    confidence: float = 1.0
    voters: tuple[str, ...] = ()


def resolve(
    votes: Iterable[Vote], aggregator: str = "majority", tasks: Collection[str] | None = None
) -> dict[Key, Resolution]:
    """Resolve all votes to one label a (sentence, task), among those of the highest kind in AUTHORITY.

    Abstentions do not count; of an annotator's repeated votes on a sentence, the latest does. `aggregator`: `majority`,
    where a tie gives None, or `dawid_skene`, which weighs annotators of the same kind by how they err. The votes of
    other tasks than `tasks` (None: all), as second labels are, are always resolved by majority.
    """
    ballots: dict[Key, list[Vote]] = defaultdict(list)
    for vote in latest(votes):
        ballots[vote.sentence, vote.task].append(vote)
    counted = {key: _highest(ballot) for key, ballot in ballots.items()}
    posteriors: Posteriors = {}
    if aggregator == DAWID_SKENE:
        from pipeline.labeling.dawid_skene import posteriors_of

        posteriors = posteriors_of(
            ballot
            for (_, task), ballot in counted.items()
            if ballot and ballot[0].kind in AGGREGATED and (tasks is None or task in tasks)
        )
    return {
        key: _weighed(ballot, posteriors[key]) if key in posteriors else _majority(ballot)
        for key, ballot in counted.items()
    }


def latest(votes: Iterable[Vote]) -> list[Vote]:
    """`votes` without those that the same annotator replaced by a later one on the same sentence and task.

    A vote without a time is earlier than any with one; of equally late ones, the last counts.
    """
    kept: dict[tuple[str, str, str, VoteKind], Vote] = {}
    for vote in votes:
        key = (vote.sentence, vote.task, vote.annotator, vote.kind)
        if key not in kept or moment(vote.time) >= moment(kept[key].time):
            kept[key] = vote
    return list(kept.values())


def moment(time: str) -> datetime:
    """An ISO 8601 time to compare by, UTC where it names no zone; raises ValueError for another format."""
    if not time:
        return datetime.min.replace(tzinfo=UTC)
    found = datetime.fromisoformat(time)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _highest(ballot: Sequence[Vote]) -> list[Vote]:
    """The votes for a label that are of the highest kind."""
    cast = [vote for vote in ballot if vote.label is not None]
    top = min((AUTHORITY.index(vote.kind) for vote in cast), default=0)
    return [vote for vote in cast if vote.kind == AUTHORITY[top]]


def _majority(ballot: Sequence[Vote]) -> Resolution:
    if not ballot:
        return Resolution(None, "no vote")
    kind = str(ballot[0].kind)
    counts = Counter(vote.label for vote in ballot).most_common()
    label, count = counts[0]
    if len(counts) > 1 and count == counts[1][1]:
        tally = ", ".join(f"{label} {count}" for label, count in counts)
        return Resolution(None, f"{kind}: tie of {tally}")
    voters = _voters(ballot, label)
    confidence = count / len(ballot)
    if kind == VoteKind.COMPOSED:
        return Resolution(label, kind, confidence, voters)
    if len(counts) == 1:
        return Resolution(label, f"{kind}:{'+'.join(voters)}", confidence, voters)
    return Resolution(label, f"{kind}: majority of {count} in {len(ballot)}", confidence, voters)


def _weighed(ballot: Sequence[Vote], posterior: Mapping[str, float]) -> Resolution:
    kind = str(ballot[0].kind)
    label = max(posterior, key=lambda name: posterior[name])
    if sum(value == posterior[label] for value in posterior.values()) > 1:
        return Resolution(None, f"{kind}: tie by {DAWID_SKENE} of {len(ballot)}")
    annotators = "+".join(vote.annotator for vote in ballot)
    provenance = f"{kind}: {DAWID_SKENE} of {annotators}"
    return Resolution(label, provenance, round(posterior[label], 6), _voters(ballot, label))


def _voters(ballot: Sequence[Vote], label: str | None) -> tuple[str, ...]:
    return tuple(vote.annotator for vote in ballot if vote.label == label)
