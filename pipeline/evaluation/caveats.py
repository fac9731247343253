"""What a reader has to know before trusting the numbers of a task."""

from __future__ import annotations

import numpy as np

from pipeline.evaluation.outcomes import Outcomes
from pipeline.evaluation.resampling import MINIMUM_GROUPS

FEW_GROUPS = 20
"""Below this many clusters a cluster bootstrap is known to give intervals that are too narrow (Cameron et al. 2008)."""
FEW_GROUPS_OF_LABEL = 5


def task_warnings(outcomes: Outcomes) -> list[str]:
    """Warnings about too little evidence: groups, labels without gold sentences, folds without a label."""
    task, count = outcomes.task, outcomes.group_count
    if not outcomes.sentences:
        return [f"{task}: no tested sentence has a label; the task is left out"]
    warnings = []
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
