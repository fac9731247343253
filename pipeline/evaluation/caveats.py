"""What a reader has to know before trusting the numbers of a task."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.outcomes import Outcomes
from pipeline.evaluation.resampling import MINIMUM_GROUPS
from pipeline.records import LabeledSentence

FEW_GROUPS = 20
"""Below this many clusters a cluster bootstrap is known to give intervals that are too narrow (Cameron et al. 2008)."""
FEW_GROUPS_OF_LABEL = 5


def task_warnings(outcomes: Outcomes, labeled: Sequence[LabeledSentence]) -> list[str]:
    """Warnings about too little evidence: groups, gold sentences of a label, labels in a fold, annotators."""
    task, count = outcomes.task, outcomes.group_count
    if not outcomes.sentences:
        return [f"{task}: no tested sentence has a label; the task is left out"]
    warnings = []
    by_rules = {one.id for one in labeled if one.is_by_rules(task)}.intersection(outcomes.sentences)
    if by_rules:
        warnings.append(
            f"{task}: {len(by_rules)} of {len(outcomes.sentences)} tested labels are by rules alone; on them scores "
            "say how far a model agrees with the rules"
        )
    if count < MINIMUM_GROUPS:
        warnings.append(f"{task}: all tested sentences are of one group; there are no intervals")
    elif count < FEW_GROUPS:
        warnings.append(f"{task}: the bootstrap has only {count} groups to draw from; intervals may be too narrow")
    spread = {
        label: len(np.unique(outcomes.groups[outcomes.gold == column])) for column, label in enumerate(outcomes.labels)
    }
    absent = [label for label, groups in spread.items() if groups == 0]
    if absent:
        warnings.append(f"{task}: no gold sentence bears {', '.join(absent)}; macro-F1 averages over the other labels")
    rare = [f"{label} ({groups})" for label, groups in spread.items() if 0 < groups < FEW_GROUPS_OF_LABEL]
    if rare:
        warnings.append(
            f"{task}: labels in fewer than {FEW_GROUPS_OF_LABEL} groups, rough intervals: {', '.join(rare)}"
        )
    return warnings + _fold_warnings(outcomes, absent)


def _fold_warnings(outcomes: Outcomes, absent: list[str]) -> list[str]:
    """One warning for all labels that some test folds lack although others have them."""
    folds = [
        np.bincount(row_gold, minlength=len(outcomes.labels)) > 0
        for row in range(len(outcomes.repetitions))
        for fold in np.unique(outcomes.folds[row][outcomes.tested[row]])
        if len(row_gold := outcomes.gold[outcomes.folds[row] == fold])
    ]
    lacking = len(folds) - np.sum(folds, axis=0)
    parts = [
        f"{label} in {lacking[column]}"
        for column, label in enumerate(outcomes.labels)
        if lacking[column] and label not in absent
    ]
    if not parts:
        return []
    return [
        f"{outcomes.task}: of {len(folds)} test folds these labels are missing: {', '.join(parts)}; "
        "macro-F1 of a fold averages over the labels that it has"
    ]
