"""Strategies, and the record of folds that they fill."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from omegaconf import OmegaConf
from omegaconf.errors import ConfigKeyError

from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.records import LabeledSentence
from pipeline.settings.split import STRATEGIES, SplitSettings
from pipeline.splitting import Folds, check_leakage, development_split, inner_folds, split


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_tests_document_sentences_at_most_once_a_repetition(
    strategy: str, corpus: list[LabeledSentence], settings: SplitSettings
) -> None:
    folds = split(corpus, replace(settings, strategy=strategy, repetitions=2), seed=0)
    documents = {one.id for one in corpus if not one.composed}
    assert len(folds.repetitions) == 2
    for repetition in folds.repetitions:
        tested = [one for fold in repetition for one in fold.test]
        assert len(tested) == len(set(tested))
        if strategy not in ("holdout", "given"):
            assert set(tested) == documents
        for fold in repetition:
            assert {*fold.train, *fold.development, *fold.test} == documents
            assert not set(fold.train) & set(fold.test)


def test_grouped_folds_are_even_and_keep_groups_whole(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    [repetition] = split(corpus, settings, seed=0).repetitions
    assert len(repetition) == 3
    assert all(15 <= len(fold.test) <= 21 for fold in repetition)
    for fold in repetition:
        assert {one for one in fold.test if one.startswith("a-")} in (set(), {f"a-{index}" for index in range(6)})


def test_random_folds_cut_through_groups(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    [repetition] = split(corpus, replace(settings, strategy="random"), seed=0).repetitions
    assert any(0 < sum(one.startswith("a-") for one in fold.test) < 6 for fold in repetition)


def test_holdout_tests_about_the_fraction(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    chosen = replace(settings, strategy="holdout", holdout_fraction=0.3)
    [[fold]] = split(corpus, chosen, seed=0).repetitions
    assert 13 <= len(fold.test) <= 18


def test_leave_one_document_out_trains_on_nothing_like_the_test_document(
    corpus: list[LabeledSentence], settings: SplitSettings
) -> None:
    copied = next(one.text for one in corpus if one.id == "long-7")
    changed = [replace(one, text=copied) if one.id == "a-0" else one for one in corpus]
    chosen = replace(settings, strategy="leave_one_document_out")
    folds = split(changed, chosen, seed=0)
    [[_, second, _]] = folds.repetitions
    assert second.test == tuple(f"a-{index}" for index in range(6))
    assert not {f"long-{index}" for index in range(5, 10)} & set(second.train)
    assert {"long-4", "long-10", "b-0"} <= set(second.train)
    assert check_leakage(folds, changed, chosen) == []


def test_a_seed_decides_and_repetitions_differ(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    chosen = replace(settings, repetitions=2)
    first = split(corpus, chosen, seed=0)
    assert first == split(corpus, chosen, seed=0)
    assert first.repetitions[0] != first.repetitions[1]
    assert first.repetitions[:1] == split(corpus, settings, seed=0).repetitions
    assert first.repetitions != split(corpus, chosen, seed=1).repetitions


def test_composed_copies_of_document_sentences_are_dropped(
    corpus: list[LabeledSentence], settings: SplitSettings
) -> None:
    copied = [replace(one, text=corpus[0].text) if one.id == "c-1" else one for one in corpus]
    assert split(copied, settings, seed=0).dropped_composed == ("c-1",)
    assert split(corpus, settings, seed=0).dropped_composed == ()


def test_too_few_groups_or_documents_are_refused(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    short = [one for one in corpus if one.document == "a"]
    with pytest.raises(ConfigError, match=r"1 groups of sentences cannot be divided into 3 parts; lower split\.folds"):
        split(short, settings, seed=0)
    with pytest.raises(ConfigError, match="needs two documents"):
        split(short, replace(settings, strategy="leave_one_document_out"), seed=0)
    with pytest.raises(DataError, match="no labelled sentence of a document"):
        split([one for one in corpus if one.composed], settings, seed=0)


def test_folds_survive_json(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    folds = split(corpus, replace(settings, repetitions=2), seed=0)
    text = json.dumps(folds.to_json())
    assert Folds.from_json(json.loads(text)) == folds
    assert corpus[0].text not in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "schema 2, this version reads 1"),
        ({"groups": None}, "incomplete"),
        ({"repetitions": [[{"train": ["a"]}]]}, "incomplete.*'test'"),
        ({"repetitions": [[{"train": "ab", "test": []}]]}, "'ab' is no list of sentence ids"),
        ({"dropped_composed": [1]}, "no list of sentence ids"),
    ],
)
def test_a_broken_record_is_refused(change: dict[str, Any], message: str) -> None:
    whole = {"schema": 1, "strategy": "grouped", "groups": {}, "dropped_composed": [], "repetitions": []}
    assert Folds.from_json(whole).repetitions == ()
    with pytest.raises(ArtifactError, match=message):
        Folds.from_json({**whole, **change})


def test_a_record_that_is_no_object_is_refused() -> None:
    with pytest.raises(ArtifactError, match="schema 'list'"):
        Folds.from_json([])


def test_the_development_part_is_made_of_whole_groups(gold: list[LabeledSentence], gold_folds: Folds) -> None:
    labels = {one.id: one.labels for one in gold}
    ids = gold_folds.repetitions[0][0].train
    train, development = development_split(ids, gold_folds.groups, labels, 0.15, seed=0)
    assert sorted((*train, *development)) == sorted(ids)
    assert not {gold_folds.groups[one] for one in train} & {gold_folds.groups[one] for one in development}
    assert 0.1 < len(development) / len(ids) < 0.2
    assert {labels[one]["stance"] for one in development} == {"against", "favor", "neutral"}
    assert (train, development) == development_split(ids, gold_folds.groups, labels, 0.15, seed=0)
    assert (train, development) != development_split(ids, gold_folds.groups, labels, 0.15, seed=1)


def test_inner_folds_validate_every_sentence_once(gold: list[LabeledSentence], gold_folds: Folds) -> None:
    ids = gold_folds.repetitions[0][0].train
    inner = inner_folds(ids, gold_folds.groups, {one.id: one.labels for one in gold}, 4, seed=0)
    assert len(inner) == 4
    assert sorted(one for _, validation in inner for one in validation) == sorted(ids)
    for train, validation in inner:
        assert not {gold_folds.groups[one] for one in train} & {gold_folds.groups[one] for one in validation}


def test_inner_splits_with_few_groups() -> None:
    labels = {one: {"stance": "favor"} for one in "abcd"}
    pairs = inner_folds("abcd", {"a": "g", "b": "g", "c": "h", "d": "h"}, labels, 5, seed=0)
    assert sorted(validation for _, validation in pairs) == [("a", "b"), ("c", "d")]
    lone = dict.fromkeys("abcd", "g")
    assert sorted(validation for _, validation in inner_folds("abcd", lone, labels, 5, seed=0)) == [
        ("a",),
        ("b",),
        ("c",),
        ("d",),
    ]
    train, development = development_split("abcd", lone, labels, 0.25, seed=0)
    assert (len(train), len(development)) == (3, 1)
    with pytest.raises(DataError, match="1 labelled sentences"):
        development_split("a", lone, labels, 0.25, seed=0)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_shipped_configs_compose_with_their_schema(strategy: str, root: Path) -> None:
    chosen = yaml.safe_load((root / f"configs/split/{strategy}.yaml").read_text(encoding="utf-8"))
    assert chosen.pop("defaults") == ["split_schema", "_self_"]
    schema = OmegaConf.structured(SplitSettings)
    assert OmegaConf.to_object(OmegaConf.merge(schema, chosen)) == SplitSettings(strategy=strategy)
    with pytest.raises(ConfigKeyError):
        OmegaConf.merge(schema, {"fold": 3})


@pytest.mark.parametrize(
    "wrong",
    [
        {"strategy": "stratified"},
        {"folds": 1},
        {"repetitions": 0},
        {"block_size": 0},
        {"whole_document_limit": -1},
        {"near_duplicate": 1.1},
        {"holdout_fraction": 0.9},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"split\.{next(iter(wrong))}="):
        SplitSettings(**wrong)
