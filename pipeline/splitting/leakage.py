"""The check that nothing of a test part is known in training, and that no class is missing from a part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.codebook import Codebook
from pipeline.errors import LeakageError
from pipeline.records import LabeledSentence
from pipeline.settings.split import SplitSettings
from pipeline.splitting.folds import Fold, Folds
from pipeline.splitting.near_duplicates import near_duplicate_pairs

LENIENT = ("random", "given")
"""Strategies whose leaks are told, not refused."""
REMEDY = "run the split stage again and train on nothing but its folds"


def check_leakage(folds: Folds, labeled: Sequence[LabeledSentence], settings: SplitSettings) -> list[str]:
    """Raise LeakageError, naming the culprits, unless `folds` keep apart what belongs together.

    Faults: a sentence that is unknown, composed or tested twice in a repetition; one on both sides of a fold; a group
    on both sides; near-duplicates on both sides; a composed sentence kept although nearly the same as a document's.
    The strategy `random` is there to show what the leaks feign, and `given` parts are as they were published: their
    groups and near-duplicates on both sides are returned, one line each, instead of raised. Any other strategy returns
    an empty list.
    """
    if folds.strategy != settings.strategy:
        raise LeakageError(f"folds were made by {folds.strategy!r}, split.strategy is {settings.strategy!r}; {REMEDY}")
    pairs = _similar_ids(labeled, settings.near_duplicate)
    structural = [*_composed_kept(folds, labeled, pairs)]
    leaks: list[str] = []
    for repetition, of_repetition in enumerate(folds.repetitions):
        structural += _misplaced(of_repetition, labeled, folds.groups, f"repetition {repetition}")
        if structural:
            break
        for number, fold in enumerate(of_repetition):
            leaks += _across(fold, folds.groups, pairs, f"repetition {repetition}, fold {number}")
    fatal = structural or ([] if folds.strategy in LENIENT else leaks)
    if fatal:
        more = f" (and {len(fatal) - 1} more)" if len(fatal) > 1 else ""
        raise LeakageError(f"{fatal[0]}{more}; {REMEDY}")
    return leaks


def class_warnings(folds: Folds, labeled: Sequence[LabeledSentence], codebook: Codebook) -> list[str]:
    """A line for each label that no test or no training sentence of a fold has.

    Without test sentences a label's recall and F1 are undefined in that fold; without training sentences no model can
    predict it. Composed sentences that may be trained on are told apart, since a model need not use them.
    """
    labels = {one.id: one.labels for one in labeled}
    composed = [one.id for one in labeled if one.composed and one.id not in set(folds.dropped_composed)]
    lines = []
    for repetition, of_repetition in enumerate(folds.repetitions):
        for number, fold in enumerate(of_repetition):
            for task in codebook.tasks:
                test, train, invented = (
                    {labels[one].get(task) for one in ids} for ids in (fold.test, fold.train, composed)
                )
                for label in codebook.labels(task):
                    place = f"repetition {repetition}, fold {number}: no"
                    if label not in test:
                        lines.append(f"{place} test sentence has {task} {label!r}")
                    if label not in train:
                        rest = ", only composed ones" if label in invented else ""
                        lines.append(f"{place} training sentence of a document has {task} {label!r}{rest}")
    return lines


def _similar_ids(labeled: Sequence[LabeledSentence], threshold: float) -> list[tuple[str, str]]:
    """Pairs of near-duplicates; none where the threshold is 0 and nobody looks for them."""
    if threshold == 0:
        return []
    pairs = near_duplicate_pairs([one.text for one in labeled], threshold)
    return [(labeled[left].id, labeled[right].id) for left, right in pairs]


def _composed_kept(folds: Folds, labeled: Sequence[LabeledSentence], pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    kept = {one.id for one in labeled if one.composed} - set(folds.dropped_composed)
    documents = {one.id for one in labeled if not one.composed}
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            if one in kept and other in documents:
                yield f"composed sentence {one!r} is nearly the same as {other!r} and not dropped"


def _misplaced(
    folds: Sequence[Fold], labeled: Sequence[LabeledSentence], groups: Mapping[str, str], place: str
) -> Iterator[str]:
    """Sentences that are where no strategy may have them."""
    composed = {one.id: one.composed for one in labeled}
    tested: dict[str, int] = {}
    for number, fold in enumerate(folds):
        train, development = set(fold.train), set(fold.development)
        for one in (*fold.train, *fold.development, *fold.test):
            if one not in composed:
                yield f"{place}, fold {number}: sentence {one!r} is not among the labelled ones"
            elif composed[one]:
                part = "training" if one in train else "development" if one in development else "test"
                yield f"{place}, fold {number}: composed sentence {one!r} is in the {part} part"
            elif one not in groups:
                yield f"{place}, fold {number}: sentence {one!r} has no group"
        for one in fold.test:
            if one in train:
                yield f"{place}, fold {number}: sentence {one!r} is in both the training and the test part"
            if one in development:
                yield f"{place}, fold {number}: sentence {one!r} is in both the development and the test part"
            if one in tested:
                yield f"{place}: sentence {one!r} is tested twice, in folds {tested[one]} and {number}"
            tested[one] = number


def _across(fold: Fold, groups: Mapping[str, str], pairs: Sequence[tuple[str, str]], place: str) -> Iterator[str]:
    """Groups and near-duplicates that lie on both sides of a fold."""
    train = {groups[one]: one for one in reversed((*fold.train, *fold.development))}
    test = {groups[one]: one for one in reversed(fold.test)}
    for group in sorted(train.keys() & test.keys()):
        yield f"{place}: group {group!r} straddles, with {test[group]!r} tested and {train[group]!r} trained on"
    trained, tested = {*fold.train, *fold.development}, set(fold.test)
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            if one in tested and other in trained:
                yield f"{place}: {one!r}, which is tested, is nearly the same as {other!r}, which is trained on"
