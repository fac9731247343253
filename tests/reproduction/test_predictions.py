"""Predictions are compared exactly, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import Prediction
from pipeline.reproduction.predictions import match_predictions

ONE = Prediction("s1", "stance", "tfidf", 0, 0, (0.2, 0.8))
TWO = Prediction("s2", "stance", "tfidf", 0, 0, (0.6, 0.4))
OTHER_FOLD = Prediction("s3", "stance", "tfidf", 0, 1, (0.6, 0.4))


def test_equal_predictions_are_identical_in_any_order() -> None:
    matches = match_predictions([ONE, TWO, OTHER_FOLD], [OTHER_FOLD, TWO, ONE])
    assert [(match.fold, match.sentences, match.identical) for match in matches] == [(0, 2, True), (1, 1, True)]


def test_the_last_stored_digit_counts() -> None:
    (match,) = match_predictions([ONE, TWO], [replace(ONE, probabilities=(0.200001, 0.799999)), TWO])
    assert not match.identical
    assert match.labels_changed == 0
    assert round(match.largest_difference, 9) == 1e-6


def test_changed_labels_and_missing_sentences_are_counted() -> None:
    (match,) = match_predictions([ONE, TWO], [replace(ONE, probabilities=(0.9, 0.1)), replace(TWO, sentence="s9")])
    assert (match.labels_changed, match.missing, match.identical) == (1, 2, False)


def test_a_test_part_that_only_one_side_has_is_not_identical() -> None:
    (gone,) = match_predictions([ONE], [])
    (new,) = match_predictions([], [ONE])
    assert (gone.missing, gone.identical) == (1, False)
    assert (new.missing, new.identical) == (1, False)
