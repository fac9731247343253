"""What the development part of a fold says of a transformer: log-loss in training, scores and temperatures after."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import EvalPrediction

from pipeline.evaluation.calibration import fit_temperature
from pipeline.evaluation.metrics import confusion_matrix, log_losses, macro_f1, predicted_labels
from pipeline.models.base import Probabilities
from pipeline.models.multitask import IGNORED

Gold = NDArray[np.int64]
"""Label indices, shape (sentences, tasks), IGNORED where there is none."""


def mean_log_loss(evaluation: EvalPrediction) -> dict[str, float]:
    """Log-loss of an evaluation's logits, averaged over the tasks that have labels."""
    gold = np.asarray(evaluation.label_ids)
    losses = []
    for position, logits in enumerate(evaluation.predictions):
        known = gold[:, position] != IGNORED
        if known.any():
            probabilities = torch.softmax(torch.from_numpy(logits[known]).double(), dim=-1).numpy()
            losses.append(float(log_losses(probabilities, gold[known, position]).mean()))
    return {"log_loss": float(np.mean(losses)) if losses else 0.0}


def development_scores(found: Probabilities, gold: Gold) -> dict[str, dict[str, float]]:
    """`macro_f1` and `log_loss` of every task that has labels, before any temperature."""
    scores = {}
    for task, values, labels in _labeled(found, gold):
        confusion = confusion_matrix(labels, predicted_labels(values), values.shape[1])
        loss = float(log_losses(values, labels).mean())
        scores[task] = {"macro_f1": round(float(macro_f1(confusion)), 6), "log_loss": round(loss, 6)}
    return scores


def temperatures(found: Probabilities, gold: Gold) -> dict[str, float]:
    """The softmax temperature that fits each task that has labels."""
    return {task: round(fit_temperature(values, labels), 6) for task, values, labels in _labeled(found, gold)}


def _labeled(found: Probabilities, gold: Gold) -> Iterator[tuple[str, NDArray[np.float64], Gold]]:
    """Every task that has labels, with the probabilities and labels of the sentences that have one."""
    for position, (task, probabilities) in enumerate(found.items()):
        known = gold[:, position] != IGNORED
        if known.any():
            yield task, probabilities[known], gold[known, position]
