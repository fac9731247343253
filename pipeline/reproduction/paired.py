"""The same model in two runs, tested on the sentences that both runs predict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.codebook import Codebook
from pipeline.evaluation.comparison import Comparison, compare
from pipeline.evaluation.outcomes import Fold, align
from pipeline.evaluation.resampling import MINIMUM_GROUPS, group_weights
from pipeline.evaluation.scores import score_model
from pipeline.records import LabeledSentence, Prediction
from pipeline.seeding import derive_seed
from pipeline.settings.evaluation import EvaluationSettings

OTHER_FOLDS = "no corrected t-test, because the runs trained on other folds"
Place = tuple[int, str]
"""Repetition and sentence id."""


@dataclass(frozen=True, slots=True)
class PredictedRun:
    """One run's predictions, the sentences that they are for, and the group of each sentence."""

    name: str
    predictions: Sequence[Prediction]
    labeled: Sequence[LabeledSentence]
    groups: Mapping[str, str]


def compare_runs(
    runs: tuple[PredictedRun, PredictedRun],
    model: str,
    task: str,
    codebook: Codebook,
    settings: EvaluationSettings,
    seed: int,
) -> Comparison | None:
    """The second run minus the first for one model and task, on the sentences that both predict; None without any.

    A sentence takes part where both runs know it by the same id, text and label, and predict it in the same repetition.
    Groups, and the folds to report by, are those of the first. The comparison's `notes` say what was left out. The
    corrected t-test needs the same folds in both runs, so that it compares models with the same training sentences.
    """
    first, second = (_table(run, model, task) for run in runs)
    shared = _shared(first, second, _same_sentences(runs[0].labeled, runs[1].labeled, task))
    if not shared:
        return None
    sizes = _sizes([(first[place].repetition, first[place].fold) for place in shared], len(runs[0].groups))
    names = (f"{model} of {runs[1].name}", f"{model} of {runs[0].name}")
    predictions = [
        replace(table[place], model=name, fold=first[place].fold)
        for name, table in zip(names, (second, first), strict=True)
        for place in shared
    ]
    (outcomes,) = align(predictions, runs[0].labeled, runs[0].groups, sizes, codebook)
    resamples = settings.bootstrap if outcomes.group_count >= MINIMUM_GROUPS else 0
    weights = group_weights(outcomes.group_count, resamples, derive_seed(seed, "bootstrap", task))
    contrast = [codebook.index(task, label) for label in codebook.tasks[task].contrast]
    scores = {name: score_model(outcomes, name, weights, contrast, settings.calibration_bins) for name in names}
    result = compare(outcomes, names, scores, sizes, settings.confidence)
    if any(first[place].fold != second[place].fold for place in shared):
        notes = [note for note in result.notes if "corrected t-test" not in note]
        result = replace(result, p_corrected_t=None, notes=(*notes, OTHER_FOLDS))
    left_out = len({*first, *second}) - len(shared)
    if left_out:
        note = f"{left_out} predictions of either run left out, as the other has none for the same sentence and label"
        result = replace(result, notes=(*result.notes, note))
    return result


def _shared(first: Mapping[Place, Prediction], second: Mapping[Place, Prediction], same: set[str]) -> list[Place]:
    return [place for place in first if place in second and place[1] in same]


def _table(run: PredictedRun, model: str, task: str) -> dict[Place, Prediction]:
    return {(one.repetition, one.sentence): one for one in run.predictions if (one.model, one.task) == (model, task)}


def _same_sentences(first: Sequence[LabeledSentence], second: Sequence[LabeledSentence], task: str) -> set[str]:
    """Ids of the sentences that both runs know by the same text and the same label, null excepted."""
    known = {one.id: (one.text, one.labels.get(task)) for one in first if one.labels.get(task) is not None}
    return {one.id for one in second if known.get(one.id) == (one.text, one.labels.get(task))}


def _sizes(parts: Sequence[Fold], sentences: int) -> dict[Fold, tuple[int, int]]:
    """Training and test sentences of each part; whatever is not tested in a part was there to train on."""
    return {part: (max(1, sentences - count), count) for part, count in sorted(Counter(parts).items())}
