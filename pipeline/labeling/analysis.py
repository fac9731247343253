"""How labelling functions do: where they vote, where they contradict each other, and how often they are right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from scipy.stats import binomtest

from pipeline.codebook import Codebook
from pipeline.labeling.functions import LabelingFunction
from pipeline.labeling.resolution import resolve
from pipeline.records import Sentence, Vote, VoteKind
from pipeline.settings.labeling import LabelingSettings

TRUSTED = frozenset({VoteKind.ADJUDICATED, VoteKind.RESOLVED, VoteKind.HUMAN})
"""Kinds whose labels a function is held against; a model's or another rule's vote proves nobody wrong."""

Votes = Mapping[str, Mapping[str, str]]
"""Sentence id to function to label, in one task."""
Gold = Mapping[str, str]
"""Sentence id to trusted label, in one task."""


def analyze(
    functions: Sequence[LabelingFunction],
    votes: Sequence[Vote],
    sentences: Sequence[Sentence],
    codebook: Codebook,
    settings: LabelingSettings,
) -> dict[str, Any]:
    """Coverage, overlap, conflict and accuracy of `functions` on `sentences`; `votes` hold theirs and everybody else's.

    The result can be written as JSON::

        {"schema": 1, "sentences": n, "confidence": c, "aggregator": name, "tasks": {TASK: {
            "labeled": n, "overlaps": n, "conflicts": n,
            "judged": n, "correct": n, "accuracy": {"value": a, "ci": [low, high]},
            "functions": {NAME: {"label": LABEL or null, "reason": text, "votes": n, "overlaps": n, "conflicts": n,
                "judged": n, "correct": n, "accuracy": {...}, "examples": [{"sentence", "text", "label", "gold"}]}}}}}

    All numbers count sentences. As Ratner et al. define them ("Snorkel", 2017), a function's votes overlap where
    another function of the task votes too, and conflict where one votes otherwise. `judged` are votes on sentences that
    people labelled or that came labelled; `accuracy` is null where there are none. Its interval (Wilson's) takes
    sentences for independent, which neighbours are not, so it is on the narrow side. `label` is null for a function
    with several. A task's own figures are those of all its functions, aggregated. Up to two examples: a right vote and
    a wrong one.
    """
    texts = {sentence.id: sentence.text for sentence in sentences}
    tasks: dict[str, Any] = {}
    for task in codebook.tasks:
        own = [function for function in functions if function.task == task]
        if not own:
            continue
        of_task = [vote for vote in votes if vote.task == task and vote.sentence in texts]
        cast = [vote for vote in of_task if vote.kind == VoteKind.RULE]
        gold = _labels([vote for vote in of_task if vote.kind in TRUSTED], "majority")
        by_sentence: dict[str, dict[str, str]] = defaultdict(dict)
        for vote in cast:
            if vote.label is not None:
                by_sentence[vote.sentence][vote.annotator] = vote.label
        together = _labels(cast, settings.aggregator)
        tasks[task] = {
            "labeled": len(by_sentence),
            "overlaps": sum(len(labels) > 1 for labels in by_sentence.values()),
            "conflicts": sum(len(set(labels.values())) > 1 for labels in by_sentence.values()),
            **_accuracy(together, gold, settings.confidence),
            "functions": {
                function.name: _function(function, by_sentence, gold, texts, settings.confidence) for function in own
            },
        }
    return {
        "schema": 1,
        "sentences": len(texts),
        "confidence": settings.confidence,
        "aggregator": settings.aggregator,
        "tasks": tasks,
    }


def _labels(votes: Sequence[Vote], aggregator: str) -> dict[str, str]:
    resolved = resolve(votes, aggregator)
    return {sentence: found.label for (sentence, _), found in resolved.items() if found.label is not None}


def _function(
    function: LabelingFunction, by_sentence: Votes, gold: Gold, texts: Mapping[str, str], confidence: float
) -> dict[str, Any]:
    own = {sentence: labels[function.name] for sentence, labels in by_sentence.items() if function.name in labels}
    return {
        "label": getattr(function, "label", None),
        "reason": function.reason,
        "votes": len(own),
        "overlaps": sum(len(by_sentence[sentence]) > 1 for sentence in own),
        "conflicts": sum(any(other != label for other in by_sentence[one].values()) for one, label in own.items()),
        **_accuracy(own, gold, confidence),
        "examples": _examples(own, gold, texts),
    }


def _accuracy(labels: Mapping[str, str], gold: Gold, confidence: float) -> dict[str, Any]:
    judged = [sentence for sentence in labels if sentence in gold]
    correct = sum(labels[sentence] == gold[sentence] for sentence in judged)
    accuracy: dict[str, Any] = {"value": None, "ci": None}
    if judged:
        limits = binomtest(correct, len(judged)).proportion_ci(confidence, method="wilson")
        accuracy = {"value": correct / len(judged), "ci": [float(limits.low), float(limits.high)]}
    return {"judged": len(judged), "correct": correct, "accuracy": accuracy}


def _examples(labels: Mapping[str, str], gold: Gold, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The first vote that is not known to be wrong, and the first that is."""
    found: dict[bool, dict[str, Any]] = {}
    for sentence, label in labels.items():
        wrong = gold.get(sentence, label) != label
        example = {"sentence": sentence, "text": texts[sentence], "label": label, "gold": gold.get(sentence)}
        found.setdefault(wrong, example)
    return [found[wrong] for wrong in (False, True) if wrong in found]
