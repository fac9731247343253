"""Controls take away what they say, leave the rest, and always do it in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.probes.controls import CONTROLS, shuffle_labels, shuffle_words, tell_length
from pipeline.probes.probe import Probe
from pipeline.probes.study import Study

BY_NAME = {probe.name: probe for probe in CONTROLS}


def labels_of(sentences) -> Counter:
    return Counter(str(one.labels) for one in sentences)


@pytest.mark.parametrize("probe", CONTROLS, ids=lambda probe: probe.name)
def test_equal_studies_give_equal_parts_and_the_study_stays_as_it_was(probe: Probe, study: Study) -> None:
    before = dict(study.sentences)
    assert probe.parts(study) == probe.parts(study)
    assert study.sentences == before


@pytest.mark.parametrize("probe", CONTROLS, ids=lambda probe: probe.name)
def test_parts_are_the_folds_of_the_run_and_tested_labels_stay(probe: Probe, study: Study) -> None:
    parts = probe.parts(study)
    assert [part.name for part in parts] == ["fold 0", "fold 1", "fold 2"]
    for part, fold in zip(parts, study.folds, strict=True):
        assert [one.id for one in part.data.sentences] == list(fold.train)
        assert [one.id for one in part.test] == list(fold.test)
        assert [one.labels for one in part.test] == [study.sentences[one].labels for one in fold.test]
        assert len(part.data.composed) == len(study.composed)


def test_shuffled_labels_are_the_same_labels_elsewhere(study: Study) -> None:
    parts = BY_NAME["labels_shuffled"].parts(study)
    for part in parts:
        original = [study.sentences[one.id] for one in part.data.sentences]
        assert labels_of(part.data.sentences) == labels_of(original)
        assert [one.labels for one in part.data.sentences] != [one.labels for one in original]
        assert [one.text for one in part.data.sentences] == [one.text for one in original]
        assert labels_of(part.data.composed) == labels_of(study.composed)
        assert [one.labels for one in part.data.composed] != [one.labels for one in study.composed]
    assert parts[0].data.composed == parts[1].data.composed, "work on them is shared by all folds"
    assert parts[0].test == tuple(study.sentences[one] for one in study.folds[0].test)


def test_each_fold_has_labels_of_its_own(study: Study) -> None:
    parts = BY_NAME["labels_shuffled"].parts(study)
    first, second = ({one.id: one.labels for one in part.data.sentences} for part in parts[:2])
    shared = first.keys() & second.keys()
    assert any(first[key] != second[key] for key in shared)


@given(st.text(), st.integers(0, 2**32 - 1))
def test_shuffled_words_are_the_same_words(text: str, seed: int) -> None:
    assert Counter(shuffle_words(text, seed).split()) == Counter(text.split())


def test_words_are_shuffled_everywhere_and_alike_in_training_and_test(study: Study) -> None:
    parts = BY_NAME["words_shuffled"].parts(study)
    seen = {}
    for part in parts:
        for one in (*part.data.sentences, *part.test, *part.data.composed):
            assert seen.setdefault(one.id, one.text) == one.text
    changed = [key for key, one in study.sentences.items() if seen[key] != one.text]
    assert len(changed) > 30


@given(st.text())
def test_length_tells_nothing_but_how_many_words(text: str) -> None:
    count = len(text.split())
    assert tell_length(text) == tell_length(" ".join(["x"] * count))


def test_longer_sentences_pass_more_steps() -> None:
    assert tell_length("") == "over0"
    assert tell_length("one two three") == "over0 over2"
    assert len(tell_length("x " * 200).split()) == 21


def test_length_only_leaves_no_context_and_no_target(study_with: Callable[..., Study]) -> None:
    study = study_with()
    study = replace(study, sentences={key: replace(one, target="it") for key, one in study.sentences.items()})
    (part, *_) = BY_NAME["length_only"].parts(study)
    assert {(one.context, one.target) for one in (*part.data.sentences, *part.test)} == {("", "")}
    assert {word[:4] for one in part.data.composed for word in one.text.split()} == {"over"}


def test_masks_take_names_out_of_text_and_context(study: Study) -> None:
    (part, *_) = BY_NAME["entities_masked"].parts(study)
    shown = " ".join(f"{one.text} {one.context}" for one in part.test)
    assert "China" not in shown
    assert "Syria" not in shown
    assert "envoy" in shown
    (part, *_) = BY_NAME["holders_masked"].parts(study)
    assert "envoy" not in " ".join(one.text for one in part.test)


def test_targets_are_hidden_only_where_there_are_several(study: Study) -> None:
    probe = BY_NAME["target_hidden"]
    assert "single target" in probe.obstacle(study)
    one_target = {key: replace(one, target="abortion") for key, one in study.sentences.items()}
    assert probe.obstacle(replace(study, sentences=one_target))
    two = {
        key: replace(one, target="abortion" if number % 2 else "climate")
        for number, (key, one) in enumerate(study.sentences.items())
    }
    several = replace(study, sentences=two)
    assert probe.obstacle(several) == ""
    (part, *_) = probe.parts(several)
    assert {one.target for one in (*part.data.sentences, *part.test)} == {""}


def test_a_given_development_part_is_changed_like_the_training_part(study: Study) -> None:
    fold = study.folds[0]
    folds = (replace(fold, train=fold.train[6:], development=fold.train[:6]),)
    (part,) = BY_NAME["labels_shuffled"].parts(replace(study, folds=folds))
    original = [study.sentences[one] for one in fold.train[:6]]
    assert labels_of(part.data.development) == labels_of(original)
    (part,) = BY_NAME["entities_masked"].parts(replace(study, folds=folds))
    assert all("China" not in one.text for one in part.data.development)


def test_shuffling_nothing_gives_nothing() -> None:
    assert shuffle_labels([], 0) == []
