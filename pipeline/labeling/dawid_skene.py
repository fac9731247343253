"""Aggregation of votes by a model of how each annotator errs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.records import Vote, VoteKind

_ITERATIONS = 100


def posteriors_of(ballots: Iterable[Sequence[Vote]]) -> dict[tuple[str, str], dict[str, float]]:
    """Probability of each label that anybody gave in the task, by (sentence, task); sums to 1.

    Each of `ballots` holds the votes of one kind on one sentence and task. The annotators of a task and kind are fitted
    together: a confusion matrix for each, by expectation maximisation from the majority (crowd-kit's implementation of
    Dawid and Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", 1979). An
    abstention tells nothing. With few shared sentences the confusion matrices, and so the probabilities, are overly
    sure of themselves.
    """
    import pandas
    from crowdkit.aggregation.classification.dawid_skene import DawidSkene

    fitted: dict[tuple[str, VoteKind], list[Vote]] = defaultdict(list)
    for ballot in ballots:
        for vote in ballot:
            fitted[vote.task, vote.kind].append(vote)
    posteriors: dict[tuple[str, str], dict[str, float]] = {}
    for (task, _), votes in fitted.items():
        table = pandas.DataFrame(
            [(vote.sentence, vote.annotator, vote.label) for vote in votes], columns=["task", "worker", "label"]
        )
        found = DawidSkene(n_iter=_ITERATIONS).fit_predict_proba(table)
        labels = [str(label) for label in found.columns]
        for sentence, row in zip(found.index, found.to_numpy(), strict=True):
            posteriors[str(sentence), task] = dict(zip(labels, map(float, row), strict=True))
    return posteriors
