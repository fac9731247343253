"""Other folds: random ones straddle groups, left-out documents are unseen, fewer sentences are whole groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.probes.divisions import DIVISIONS, by_document, by_kind, learning_curve, random_folds
from pipeline.probes.study import Study
from pipeline.settings.split import SplitSettings

BY_NAME = {probe.name: probe for probe in DIVISIONS}


def groups(study: Study, ids) -> set[str]:
    return {study.groups[one] for one in ids}


def test_random_folds_test_everything_once_and_split_groups(study: Study) -> None:
    folds = random_folds(study)
    tested = [one for fold in folds.values() for one in fold.test]
    assert sorted(tested) == sorted(study.sentences)
    assert any(groups(study, fold.train) & groups(study, fold.test) for fold in folds.values())
    assert random_folds(study) == folds


def test_each_document_is_left_out_once(study: Study) -> None:
    folds = by_document(study)
    assert list(folds) == ["a", "b", "c"]
    for document, fold in folds.items():
        assert {study.sentences[one].document for one in fold.test} == {document}
        assert document not in {study.sentences[one].document for one in fold.train}
        assert len(fold.test) == 12


def test_each_kind_is_left_out_once(study: Study) -> None:
    folds = by_kind(study)
    assert {name: (len(fold.train), len(fold.test)) for name, fold in folds.items()} == {
        "news": (12, 24),
        "thesis": (24, 12),
    }


def test_a_group_on_both_sides_is_not_trained_on(study: Study) -> None:
    shared = study.groups | {"c-00": "a:0"}
    fold = by_document(replace(study, groups=shared))["a"]
    assert "c-00" not in fold.train
    assert "c-01" in fold.train


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 0.99])
def test_a_learning_curve_takes_whole_groups_of_the_training_part(study: Study, share: float) -> None:
    folds = learning_curve(share).divide(study)
    for fold, whole in zip(folds.values(), study.folds, strict=True):
        assert fold.test == whole.test
        kept = groups(study, fold.train)
        assert set(fold.train) == {one for one in whole.train if study.groups[one] in kept}
        assert abs(len(fold.train) / len(whole.train) - share) < 0.1


def test_a_smaller_share_lies_within_a_larger_one(study: Study) -> None:
    small, large = (learning_curve(share).divide(study) for share in (0.25, 0.75))
    for name in small:
        assert set(small[name].train) < set(large[name].train)


def test_learning_curve_parts_share_the_composed_sentences_of_the_run(study: Study) -> None:
    probe = learning_curve(0.5)
    assert not probe.changes_sentences
    assert all(part.data.composed == study.composed for part in probe.parts(study))


@pytest.mark.parametrize(
    ("probe", "changes", "reason"),
    [
        ("random_folds", {"split": SplitSettings(strategy="random")}, "random themselves"),
        ("leave_one_document_out", {"split": SplitSettings(strategy="leave_one_document_out")}, "themselves"),
        ("leave_one_kind_out", {"kinds": dict.fromkeys("abc", "news")}, "of one kind"),
        ("leave_one_kind_out", {"kinds": {}}, "of one kind"),
    ],
)
def test_what_the_data_do_not_allow_is_told(
    study_with: Callable[..., Study], probe: str, changes: dict[str, object], reason: str
) -> None:
    assert reason in BY_NAME[probe].obstacle(study_with(**changes))
    assert BY_NAME[probe].obstacle(study_with()) == ""


def test_one_document_or_hundreds_are_not_left_out_one_by_one(study: Study) -> None:
    probe = BY_NAME["leave_one_document_out"]
    alone = {key: replace(one, document="a") for key, one in study.sentences.items()}
    assert "only one document" in probe.obstacle(replace(study, sentences=alone))
    many = {key: replace(one, document=key) for key, one in study.sentences.items()}
    assert "36 documents would take 36 trainings" in probe.obstacle(replace(study, sentences=many))


def test_near_duplicates_everywhere_leave_nothing_to_train_on(study: Study) -> None:
    everywhere = replace(study, groups=dict.fromkeys(study.groups, "one"))
    assert "nothing to train on" in BY_NAME["leave_one_document_out"].obstacle(everywhere)
