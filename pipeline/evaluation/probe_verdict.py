"""Whether a probe came out as it should: the criterion of each, stated beforehand, and its outcome in words."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from pipeline.evaluation.estimates import Estimate

HALF = 0.5
"""The share of its lead over chance that a model has to keep without names."""


class Criterion(StrEnum):
    """What a model that learned what it should does under a probe."""

    CHANCE = "chance"
    """Nothing can be learned; macro-F1 must not lie above chance."""
    WORSE = "worse"
    """Something that matters is taken away; macro-F1 must be lower than that of the model left alone."""
    KEEPS = "keeps"
    """Something that should not matter much is taken away; at least half of the lead over chance must stay."""
    INFLATES = "inflates"
    """Groups straddle the folds; where macro-F1 rises, the rise is what leakage would feign."""
    CARRIES = "carries"
    """Whole documents are unfamiliar; macro-F1 must lie above chance."""


CRITERIA = {
    "labels_shuffled": Criterion.CHANCE,
    "words_shuffled": Criterion.WORSE,
    "entities_masked": Criterion.KEEPS,
    "holders_masked": Criterion.KEEPS,
    "length_only": Criterion.WORSE,
    "target_hidden": Criterion.WORSE,
    "random_folds": Criterion.INFLATES,
    "leave_one_document_out": Criterion.CARRIES,
    "leave_one_kind_out": Criterion.CARRIES,
}


class Outcome(StrEnum):
    """What came of a probe."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    SHOWN = "shown"
    NOT_SHOWN = "not shown"
    NOT_JUDGED = "not judged"


class Scores(Protocol):
    """Macro-F1 and its lead over chance."""

    @property
    def macro_f1(self) -> Estimate:
        """Macro-F1."""

    @property
    def lead(self) -> Estimate:
        """Macro-F1 minus that of chance."""


def judge(probe: str, reference: Scores, changed: Scores, confidence: float, asks_names: bool) -> dict[str, str]:
    """`criterion`, `outcome` and `verdict` (one sentence) of `probe`; `asks_names`: the labels of the task are names.

    An outcome is undecided where the interval at `confidence` includes the border, or where there is none.
    """
    criterion = CRITERIA[probe]
    if criterion == Criterion.KEEPS and asks_names:
        outcome, text = Outcome.NOT_JUDGED, "the task asks for names, so it must lose by their masking"
    else:
        outcome, text = _JUDGES[criterion](reference, changed, confidence)
    return {"criterion": criterion, "outcome": outcome, "verdict": f"{outcome}: {text}"}


def _chance(reference: Scores, changed: Scores, confidence: float) -> tuple[Outcome, str]:
    lead = changed.lead
    limits = lead.interval(confidence)
    outcome = Outcome.UNDECIDED if limits is None else Outcome.FAILED if limits[0] > 0 else Outcome.PASSED
    return outcome, f"macro-F1 minus chance is {_shown(lead, confidence)}"


def _worse(reference: Scores, changed: Scores, confidence: float) -> tuple[Outcome, str]:
    lost = reference.macro_f1 - changed.macro_f1
    return _above(lost, 0.0, confidence), f"the model left alone minus this one is {_shown(lost, confidence)}"


def _keeps(reference: Scores, changed: Scores, confidence: float) -> tuple[Outcome, str]:
    limits = reference.lead.interval(confidence)
    if limits is None or limits[0] <= 0:
        return Outcome.UNDECIDED, "the model left alone is not above chance itself"
    kept = changed.lead / reference.lead
    return _above(kept, HALF, confidence), f"the share of the lead over chance that stays is {_shown(kept, confidence)}"


def _inflates(reference: Scores, changed: Scores, confidence: float) -> tuple[Outcome, str]:
    gained = changed.macro_f1 - reference.macro_f1
    outcome = Outcome.SHOWN if _above(gained, 0.0, confidence) == Outcome.PASSED else Outcome.NOT_SHOWN
    return outcome, f"with leaky folds macro-F1 differs by {_shown(gained, confidence)}"


def _carries(reference: Scores, changed: Scores, confidence: float) -> tuple[Outcome, str]:
    lead = changed.lead
    return _above(lead, 0.0, confidence), f"macro-F1 minus chance is {_shown(lead, confidence)}"


_JUDGES = {
    Criterion.CHANCE: _chance,
    Criterion.WORSE: _worse,
    Criterion.KEEPS: _keeps,
    Criterion.INFLATES: _inflates,
    Criterion.CARRIES: _carries,
}


def _above(estimate: Estimate, border: float, confidence: float) -> Outcome:
    limits = estimate.interval(confidence)
    if limits is None or limits[0] <= border <= limits[1]:
        return Outcome.UNDECIDED
    return Outcome.PASSED if limits[0] > border else Outcome.FAILED


def _shown(estimate: Estimate, confidence: float) -> str:
    limits = estimate.interval(confidence)
    if limits is None:
        return f"{estimate.value:+.3f} (no interval)"
    return f"{estimate.value:+.3f} ({confidence * 100:g} % interval {limits[0]:+.3f} to {limits[1]:+.3f})"
