"""Is one model better than another on a task? A paired difference with its interval, and three tests.

The tests ask different questions and fail differently, so a verdict needs all of them:

- the paired bootstrap over groups: would the primary measure still differ on other groups of sentences, with these
  trained models?
- McNemar's test on accuracy: does one model err on more sentences? It takes sentences to be independent, which
  neighbours are not, and so errs towards finding a difference.
- the corrected resampled t-test over folds and repetitions: would it still differ after training anew? It has little
  power with few folds, and says nothing where every repetition trains and tests on the same sentences.

p-values are not corrected for the number of tasks: each task is a question of its own, and its answer must not depend
on which other tasks the codebook holds. Who claims a difference "on at least one task" has to correct them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipeline.evaluation.metrics import Floats, Integers, mean_defined, predicted_labels
from pipeline.evaluation.outcomes import Fold, Outcomes
from pipeline.evaluation.resampling import percentile_interval, two_sided_p
from pipeline.evaluation.scores import ModelScores

DECIMALS = 12
"""Differences are rounded to this many decimals, so that equal scores summed in another order tie exactly at 0."""


@dataclass(frozen=True, slots=True)
class McNemar:
    """Exact two-sided p, and how many sentences only one of the two models has right."""

    p: float
    a_only: int
    b_only: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """First minus second model on one task; None where a figure cannot be computed, with the reason in `notes`."""

    task: str
    a: str
    b: str
    difference: float
    """Difference in `metric`, each the mean over repetitions, in [-1, 1]."""
    ci: tuple[float, float] | None
    p_bootstrap: float | None
    mcnemar: McNemar
    fold_difference: float
    """Mean difference over test folds, whose sign the corrected t-test judges."""
    p_corrected_t: float | None
    folds: int
    repetitions: int
    notes: tuple[str, ...]
    metric: str = "macro_f1"


def mcnemar(gold: Integers, a: Integers, b: Integers) -> McNemar:
    """McNemar's test (1947) on predicted labels `a` and `b`, all of shape (sentences,).

    The exact binomial form, whatever the count; p is 1 where the models are right on the same sentences.
    """
    a_only = int(((a == gold) & (b != gold)).sum())
    b_only = int(((a != gold) & (b == gold)).sum())
    discordant = a_only + b_only
    p = float(stats.binomtest(a_only, discordant, 0.5).pvalue) if discordant else 1.0
    return McNemar(p, a_only, b_only)


def corrected_t_test(differences: Floats, test_train_ratio: float) -> float | None:
    """Two-sided p of the corrected resampled t-test (Nadeau and Bengio 2003) on `differences` (folds,).

    Training parts of folds and repetitions overlap, so the naive variance of the mean, s²/J, is too small; the test
    takes s² (1/J + n_test/n_train), with J - 1 degrees of freedom over all folds of all repetitions (Bouckaert and
    Frank 2004). 1 where all differences are 0; None with fewer than two of them, or where they are all equal but not
    0, which leaves no variance to judge by.
    """
    count = len(differences)
    if count < 2:
        return None
    if np.ptp(differences) == 0:
        return 1.0 if differences[0] == 0 else None
    error = np.sqrt(differences.var(ddof=1) * (1 / count + test_train_ratio))
    return float(2 * stats.t.sf(abs(differences.mean()) / error, df=count - 1))


def compare(
    outcomes: Outcomes,
    pair: tuple[str, str],
    scores: Mapping[str, ModelScores],
    sizes: Mapping[Fold, tuple[int, int]],
    confidence: float,
    metric: str = "macro_f1",
) -> Comparison:
    """Compare two models of `scores` by `metric`; they must have been scored with the same resamples.

    McNemar's test needs one label a sentence: that of the mean probability over the repetitions. With several of them
    it thus compares small ensembles, which flatters the model whose trainings differ more. The corrected t-test takes
    the mean of n_test / n_train over folds, where these differ in size.
    """
    a, b = scores[pair[0]], scores[pair[1]]
    difference = round(float(mean_defined(a.values[metric] - b.values[metric], axis=0)), DECIMALS)
    samples = (a.samples[metric] - b.samples[metric]).round(DECIMALS)
    ensembles = [predicted_labels(mean_defined(outcomes.probabilities[model], axis=0)) for model in pair]
    pairs = zip(a.folds, b.folds, strict=True)
    fold_differences = np.array([getattr(x, metric) - getattr(y, metric) for x, y in pairs])
    fold_differences = fold_differences.round(DECIMALS)
    ratio = float(
        np.mean([sizes[score.repetition, score.fold][1] / sizes[score.repetition, score.fold][0] for score in a.folds])
    )
    resampled = _is_resampled(outcomes)
    p_corrected_t = corrected_t_test(fold_differences, ratio) if resampled else None
    notes = []
    if len(samples) == 0:
        notes.append("no bootstrap interval, because all tested sentences are of one group")
    if p_corrected_t is None and len(fold_differences) < 2:
        notes.append("no corrected t-test, because there are fewer than two test folds")
    elif not resampled:
        notes.append("no corrected t-test, because all repetitions train and test on the same sentences")
    elif p_corrected_t is None:
        notes.append("no corrected t-test, because all folds differ by the same amount")
    return Comparison(
        task=outcomes.task,
        a=pair[0],
        b=pair[1],
        difference=difference,
        ci=percentile_interval(samples, difference, confidence),
        p_bootstrap=two_sided_p(samples),
        mcnemar=mcnemar(outcomes.gold, *ensembles),
        fold_difference=float(fold_differences.mean()),
        p_corrected_t=p_corrected_t,
        folds=len(fold_differences),
        repetitions=len(outcomes.repetitions),
        notes=tuple(notes),
        metric=metric,
    )


def _is_resampled(outcomes: Outcomes) -> bool:
    """False where all repetitions have one and the same test part: they differ in the seeds of the models alone."""
    first = outcomes.folds[0]
    return bool((outcomes.folds != first).any() or len(np.unique(first[first >= 0])) > 1)
