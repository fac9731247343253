"""How far a label's predictions can be relied on, as one letter that travels with the model."""

from __future__ import annotations

TIERS = (("A", 0.70, 50), ("B", 0.50, 20))
"""Tier, the least lower end of the F1 interval, the least support (gold sentences). Everything else is C."""

TIER_RULE = (
    "; ".join(
        f"{tier}: the interval of F1 lies at or above {low:.2f} and at least {support} gold sentences bear the label"
        for tier, low, support in TIERS
    )
    + "; C: everything else, to be read as a hint and checked by a person"
)
"""The rule in words, for reports and model cards."""


def tier(f1_low: float | None, support: int) -> str:
    """A, B or C from the lower end of F1's interval (None where there is none) and the support in sentences.

    The lower end, not the mean, is judged: a label earns its letter by what is known about it. A wide interval after
    few groups of sentences, or few sentences, is a reason for caution however high the mean.
    """
    if f1_low is None:
        return "C"
    return next((name for name, low, least in TIERS if f1_low >= low and support >= least), "C")
