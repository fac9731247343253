"""Evaluation settings refuse what makes no sense."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigError
from pipeline.settings.evaluation import EvaluationSettings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"bootstrap": 99}, "evaluation.bootstrap=99 is out of range"),
        ({"bootstrap": 1_000_000}, "at most 100000"),
        ({"confidence": 1.0}, "evaluation.confidence=1 is out of range"),
        ({"calibration_bins": 1}, "evaluation.calibration_bins=1 is out of range"),
        ({"compare": [["tfidf"]]}, "each entry names two different models"),
        ({"compare": [["tfidf", "tfidf"]]}, "each entry names two different models"),
    ],
)
def test_values_out_of_range_are_refused(values, message):
    with pytest.raises(ConfigError, match=message):
        EvaluationSettings(**values)


def test_the_headline_compares_the_transformer_with_the_baseline():
    assert EvaluationSettings().compare == [["transformer", "tfidf"]]
