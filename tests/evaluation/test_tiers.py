"""The letter that a label earns."""

from __future__ import annotations

import pytest

from pipeline.evaluation.tiers import TIER_RULE, tier


@pytest.mark.parametrize(
    ("low", "support", "expected"),
    [
        (0.70, 50, "A"),
        (0.69, 500, "B"),
        (0.95, 49, "B"),
        (0.50, 20, "B"),
        (0.49, 500, "C"),
        (0.95, 19, "C"),
        (None, 500, "C"),
    ],
)
def test_tier(low, support, expected):
    assert tier(low, support) == expected


def test_rule_names_its_limits():
    assert "A: the interval of F1 lies at or above 0.70 and at least 50" in TIER_RULE
    assert "B: the interval of F1 lies at or above 0.50 and at least 20" in TIER_RULE
