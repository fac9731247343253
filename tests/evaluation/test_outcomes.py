"""Predictions that are missing, repeated, malformed or contradict the split are refused by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import DataError
from pipeline.evaluation.outcomes import align


def _align(study):
    return align(study.predictions, study.labeled, study.groups, study.sizes, study.codebook)


def _is(prediction, model="good", sentence="s007", task="stance"):
    return (prediction.model, prediction.sentence, prediction.task) == (model, sentence, task)


def _with_label(study, sentence, label):
    return replace(
        study,
        labeled=[replace(s, labels={**s.labels, "stance": label}) if s.id == sentence else s for s in study.labeled],
    )


def test_every_prediction_stands_at_its_sentence(study):
    stance = _align(study)[0]
    prediction = next(p for p in study.predictions if _is(p))
    column = stance.sentences.index("s007")
    assert stance.probabilities["good"][0, column].tolist() == list(prediction.probabilities)
    assert stance.folds[0, column] == prediction.fold
    assert stance.labels[stance.gold[column]] == next(s for s in study.labeled if s.id == "s007").labels["stance"]
    assert (stance.group_count, len(stance.sentences)) == (24, 120)


def test_a_missing_prediction_is_named(study):
    with pytest.raises(DataError, match="no prediction of 'good' for sentence 's007', task 'stance', repetition 0; "):
        _align(study.with_predictions(lambda p: None if _is(p) else p))


def test_more_missing_predictions_are_counted(study):
    broken = study.with_predictions(lambda p: None if _is(p) or _is(p, sentence="s008") else p)
    with pytest.raises(DataError, match=r"'s007'.* and for 1 more"):
        _align(broken)


def test_a_sentence_that_every_model_lacks_is_missed_by_the_fold(study):
    with pytest.raises(DataError, match=r"fold \d of repetition 0 tests 40 sentences but 39 are predicted"):
        _align(study.with_predictions(lambda p: None if p.sentence == "s007" else p))


def test_a_sentence_predicted_for_another_task_only_is_missed(study):
    with pytest.raises(DataError, match="no prediction of 'good' for sentence 's007', task 'stance'"):
        _align(study.with_predictions(lambda p: None if (p.sentence, p.task) == ("s007", "stance") else p))


def test_a_model_may_leave_out_a_whole_task(study):
    stance, frame = _align(study.with_predictions(lambda p: None if (p.model, p.task) == ("poor", "frame") else p))
    assert (list(stance.probabilities), list(frame.probabilities)) == (["good", "poor"], ["good"])


def test_a_sentence_without_a_label_is_not_tested_on_that_task(study):
    stance, frame = _align(_with_label(study, "s007", None))
    assert "s007" not in stance.sentences
    assert "s007" in frame.sentences


def test_a_label_outside_the_codebook_is_named(study):
    with pytest.raises(DataError, match="'s007' has the unknown stance label 'hostile'; choose of against, favor"):
        _align(_with_label(study, "s007", "hostile"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sentence": "s999"}, "of an unknown sentence"),
        ({"task": "tone"}, "unknown task 'tone'"),
        ({"fold": 7}, "of fold 7, which the split does not have"),
        ({"probabilities": (0.5, 0.5)}, "has 2 probabilities for the 3 labels"),
        ({"probabilities": (0.5, 0.6, 0.5)}, "must be at least 0 and sum to 1"),
        ({"probabilities": (1.5, -0.5, 0.0)}, "must be at least 0 and sum to 1"),
        ({"probabilities": (float("nan"), 0.5, 0.5)}, "must be at least 0 and sum to 1"),
    ],
)
def test_malformed_predictions_are_refused(study, change, message):
    with pytest.raises(DataError, match=message):
        _align(study.with_predictions(lambda p: replace(p, **change) if _is(p) else p))


def test_a_repeated_prediction_is_refused(study):
    with pytest.raises(DataError, match="'s007', task 'stance', repetition 0 occurs twice"):
        _align(replace(study, predictions=[*study.predictions, next(p for p in study.predictions if _is(p))]))


def test_two_folds_for_one_sentence_are_refused(study):
    def moved(prediction):
        return replace(prediction, fold=(prediction.fold + 1) % 3) if _is(prediction, model="poor") else prediction

    with pytest.raises(DataError, match="for sentence 's007', task 'stance', repetition 0 lies in fold"):
        _align(study.with_predictions(moved))


def test_composed_sentences_are_never_tested_on(study):
    labeled = [replace(s, composed=s.id == "s007") for s in study.labeled]
    with pytest.raises(DataError, match="of a composed sentence; these are for training only"):
        _align(replace(study, labeled=labeled))


def test_a_sentence_without_a_group_is_named(study):
    with pytest.raises(DataError, match="'s007' is predicted but has no group"):
        _align(replace(study, groups={k: v for k, v in study.groups.items() if k != "s007"}))


def test_a_fold_without_training_sentences_is_refused(study):
    with pytest.raises(DataError, match="fold 0 of repetition 0 has 0 training sentences"):
        _align(replace(study, sizes={**study.sizes, (0, 0): (0, 40)}))


def test_untested_sentences_of_a_holdout_are_left_out(build_study):
    stance = _align(build_study({"good": 0.9}, repetitions=2, tested_folds=1))[0]
    assert stance.tested.sum(axis=1).tolist() == [40, 40]
    assert stance.tested.any(axis=0).all()
    assert np.isnan(stance.probabilities["good"][~stance.tested]).all()
