"""Other folds than the run's: leaky ones, unfamiliar documents, and fewer sentences to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipeline.probes.probe import Probe
from pipeline.probes.study import Study
from pipeline.seeding import derive_seed
from pipeline.splitting import Fold
from pipeline.splitting.strategies import divide

MOST_DOCUMENTS = 20
"""More trainings than this would be no cheap question; with so many documents, grouped folds answer it too."""


def random_folds(study: Study) -> dict[str, Fold]:
    """As many folds as the settings say, sentence by sentence: neighbours lie on both sides."""
    ids = list(study.sentences)
    labels = {one: sentence.labels for one, sentence in study.sentences.items()}
    shares = [1 / study.split.folds] * study.split.folds
    seed = derive_seed(study.seed, "random_folds")
    folds = divide(ids, dict(zip(ids, ids, strict=True)), labels, shares, seed)
    return {f"fold {number}": fold for number, fold in enumerate(folds)}


def by_document(study: Study) -> dict[str, Fold]:
    """A fold a document, named by its id, trained on all others."""
    return _leave_out(study, {document: document for document in study.documents})


def by_kind(study: Study) -> dict[str, Fold]:
    """A fold a kind of document, trained on the other kinds: on the thesis to test on the news, and back."""
    return _leave_out(study, {document: study.kinds.get(document, "") for document in study.documents})


def _leave_out(study: Study, part_of: Mapping[str, str]) -> dict[str, Fold]:
    """A fold a part; a group with sentences of it and of another part, as near-duplicates make, is not trained on."""
    part = {one.id: part_of[one.document or ""] for one in study.sentences.values()}
    folds = {}
    for name in dict.fromkeys(part.values()):
        tested = {study.groups[one] for one in part if part[one] == name}
        folds[name] = Fold(
            train=tuple(one for one in part if study.groups[one] not in tested),
            test=tuple(one for one in part if part[one] == name),
        )
    return folds


def learning_curve(share: float) -> Probe:
    """The run's own test parts, with about `share` of each training part to learn from, whole groups.

    Groups are taken in one random order a fold, so that what a smaller share learns from, a larger one does as well.
    """

    def fewer(study: Study) -> dict[str, Fold]:
        return {
            f"fold {number}": replace(fold, train=_first_groups(fold.train, study, share, number))
            for number, fold in enumerate(study.folds)
        }

    return Probe(f"learning_curve-{share:g}", divide=fewer)


def _first_groups(ids: Sequence[str], study: Study, share: float, fold: int) -> tuple[str, ...]:
    """Ids of whole groups that come nearest to `share` of `ids`, at least one group."""
    names = list(dict.fromkeys(study.groups[one] for one in ids))
    generator = np.random.default_rng(derive_seed(study.seed, "learning_curve", fold))
    order = [names[int(place)] for place in generator.permutation(len(names))]
    sizes = np.cumsum([sum(study.groups[one] == name for one in ids) for name in order])
    taken = 1 + int(np.argmin(np.abs(sizes - share * len(ids))))
    kept = set(order[:taken])
    return tuple(one for one in ids if study.groups[one] in kept)


def _random_already(study: Study) -> str:
    if study.split.strategy == "random":
        return "the folds of the run are random themselves"
    return "" if len(study.sentences) >= study.split.folds else "there are fewer sentences than folds"


def _few_documents(study: Study) -> str:
    count = len(study.documents)
    if study.split.strategy == "leave_one_document_out":
        return "the folds of the run leave one document out themselves"
    if count < 2:
        return "there is only one document"
    if count > MOST_DOCUMENTS:
        return f"{count} documents would take {count} trainings"
    return _untrainable(by_document(study))


def _few_kinds(study: Study) -> str:
    if len({study.kinds.get(document, "") for document in study.documents}) < 2:
        return "all documents are of one kind"
    return _untrainable(by_kind(study))


def _untrainable(folds: Mapping[str, Fold]) -> str:
    empty = [name or "unnamed" for name, fold in folds.items() if not fold.train]
    return f"near-duplicates leave nothing to train on for {', '.join(empty)}" if empty else ""


DIVISIONS = (
    Probe("random_folds", divide=random_folds, obstacle=_random_already),
    Probe("leave_one_document_out", divide=by_document, obstacle=_few_documents),
    Probe("leave_one_kind_out", divide=by_kind, obstacle=_few_kinds),
)
