"""The ways to divide labelled sentences into training and test parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.errors import ConfigError, DataError
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.split import SplitSettings
from pipeline.splitting.folds import Fold, Folds
from pipeline.splitting.groups import make_groups
from pipeline.splitting.near_duplicates import near_duplicates_of
from pipeline.splitting.partition import Labels, group_counts, partition

TARGET = "target"
"""Beside the tasks, what the folds are balanced by where sentences have several targets."""


def split(labeled: Sequence[LabeledSentence], settings: SplitSettings, seed: int) -> Folds:
    """Divide the document sentences among `labeled` as `settings` say, once a repetition, each with its derived seed.

    `grouped` and `random` give `settings.folds` folds, `holdout` one, `leave_one_document_out` one a document and
    `leave_one_target_out` one a target, `given` the parts of the data, the same in every repetition. Composed sentences
    are in no fold. Raises ConfigError when there are too few groups to divide.
    """
    sentences = [one for one in labeled if not one.composed]
    composed = [one for one in labeled if one.composed]
    if not sentences:
        raise DataError("there is no labelled sentence of a document to split; check the label stage's sources")
    groups = make_groups(sentences, settings)
    return Folds(
        strategy=settings.strategy,
        groups=groups,
        repetitions=tuple(
            _repetition(sentences, groups, settings, derive_seed(seed, "split", repetition))
            for repetition in range(settings.repetitions)
        ),
        dropped_composed=near_duplicates_of(composed, sentences, settings.near_duplicate),
    )


def _repetition(
    sentences: Sequence[LabeledSentence], groups: Mapping[str, str], settings: SplitSettings, seed: int
) -> tuple[Fold, ...]:
    if settings.strategy == "leave_one_document_out":
        return _leave_one_out("document", {one.id: one.document or "" for one in sentences}, groups)
    if settings.strategy == "leave_one_target_out":
        return _leave_one_out("target", {one.id: one.target for one in sentences}, groups)
    if settings.strategy == "given":
        return (_given(sentences, settings.tested),)
    ids = [one.id for one in sentences]
    labels = {one.id: one.labels | ({TARGET: one.target} if one.target else {}) for one in sentences}
    units = {one: one for one in ids} if settings.strategy == "random" else groups
    if settings.strategy == "holdout":
        shares = [settings.holdout_fraction, 1 - settings.holdout_fraction]
        return (divide(ids, units, labels, shares, seed)[0],)
    return divide(ids, units, labels, [1 / settings.folds] * settings.folds, seed)


def divide(
    ids: Sequence[str], groups: Mapping[str, str], labels: Labels, shares: Sequence[float], seed: int
) -> tuple[Fold, ...]:
    """One fold a share, whose test part is about that share of every label and whole groups; ids keep their order."""
    names, counts = group_counts(ids, groups, labels)
    if len(names) < len(shares):
        raise ConfigError(
            f"{len(names)} groups of sentences cannot be divided into {len(shares)} parts; lower split.folds,"
            " split.block_size or split.whole_document_limit, or add documents"
        )
    part = dict(zip(names, partition(counts, shares, seed), strict=True))
    return tuple(
        Fold(
            train=tuple(one for one in ids if part[groups[one]] != number),
            test=tuple(one for one in ids if part[groups[one]] == number),
        )
        for number in range(len(shares))
    )


def _leave_one_out(what: str, unit_of: Mapping[str, str], groups: Mapping[str, str]) -> tuple[Fold, ...]:
    """One fold a document or target; a group that is tested in part is left out of training as a whole."""
    units = dict.fromkeys(unit_of.values())
    if len(units) < 2:
        raise ConfigError(f"split.strategy=leave_one_{what}_out needs two {what}s or more; choose grouped")
    folds = []
    for unit in units:
        tested = {groups[one] for one, its in unit_of.items() if its == unit}
        folds.append(
            Fold(
                train=tuple(one for one in unit_of if groups[one] not in tested),
                test=tuple(one for one, its in unit_of.items() if its == unit),
            )
        )
    return tuple(folds)


def _given(sentences: Sequence[LabeledSentence], tested: str) -> Fold:
    """The parts that the data came with; with the development part tested, the test part is not touched."""
    parts: dict[str, list[str]] = {"train": [], "development": [], "test": []}
    for one in sentences:
        if one.part not in parts:
            raise ConfigError(
                f"split.strategy=given, but sentence {one.id!r} is of no part; name its column as"
                " corpus.table.columns.part or the part of its file, or choose another strategy"
            )
        parts[one.part].append(one.id)
    if not parts["train"] or not parts[tested]:
        lacking = tested if parts["train"] else "train"
        raise ConfigError(f"split.strategy=given, but no labelled sentence is of the part {lacking!r}; choose grouped")
    development = () if tested == "development" else tuple(parts["development"])
    return Fold(tuple(parts["train"]), tuple(parts[tested]), development)
