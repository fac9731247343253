"""Chance, for a model as it is: its own predictions, dealt out to the sentences at random."""

from __future__ import annotations

from pipeline.evaluation.metrics import Floats, divide


def chance_confusion(confusion: Floats) -> Floats:
    """Expected confusion of predictions that know nothing, shape (..., labels, labels).

    Gold labels and predicted labels keep their frequencies, only who gets which is random. F1 of a label is linear in
    its hits while both frequencies stay, so that the F1 of this matrix is the exact mean of F1 over all ways to deal.
    Unlike the floor of another model, it does not depend on how that model spreads its guesses.
    """
    gold, predicted = confusion.sum(axis=-1, keepdims=True), confusion.sum(axis=-2, keepdims=True)
    return divide(gold * predicted, confusion.sum(axis=(-2, -1), keepdims=True))
