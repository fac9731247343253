"""Votes that disagree, told to whoever adjudicates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeline.codebook import Codebook
from pipeline.labeling.agreement import INDEPENDENT
from pipeline.labeling.resolution import latest
from pipeline.records import Vote, VoteKind


def disagreements(votes: Iterable[Vote], codebook: Codebook) -> dict[str, str]:
    """Sentences on which annotators disagree in any task, with their votes in words, most disputed tasks first.

    Rules, and labels that came resolved, take no part; a task that somebody has adjudicated is settled.
    """
    ballots: dict[tuple[str, str], list[Vote]] = defaultdict(list)
    settled: set[tuple[str, str]] = set()
    for vote in latest(votes):
        if vote.task not in codebook.tasks or vote.label is None:
            continue
        if vote.kind is VoteKind.ADJUDICATED:
            settled.add((vote.sentence, vote.task))
        elif vote.kind in INDEPENDENT:
            ballots[vote.sentence, vote.task].append(vote)
    told: dict[str, list[str]] = defaultdict(list)
    for (sentence, task), ballot in ballots.items():
        if (sentence, task) not in settled and len({vote.label for vote in ballot}) > 1:
            cast = ", ".join(f"{vote.annotator} {vote.label}" for vote in ballot)
            told[sentence].append(f"{task}: {cast}")
    ranked = sorted(told.items(), key=lambda item: -len(item[1]))
    return {sentence: "; ".join(tasks) for sentence, tasks in ranked}
