"""The leak check names what is on both sides; the class warnings name what is on neither."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import LeakageError
from pipeline.records import LabeledSentence
from pipeline.settings.split import STRATEGIES, SplitSettings
from pipeline.splitting import Fold, Folds, check_leakage, class_warnings, split


def with_fold(folds: Folds, number: int, fold: Fold) -> Folds:
    first = list(folds.repetitions[0])
    first[number] = fold
    return replace(folds, repetitions=(tuple(first), *folds.repetitions[1:]))


def test_grouped_folds_of_the_published_labels_pass(gold: list[LabeledSentence], gold_folds: Folds) -> None:
    assert check_leakage(gold_folds, gold, SplitSettings()) == []


@pytest.mark.parametrize("strategy", [strategy for strategy in STRATEGIES if strategy != "random"])
def test_honest_folds_pass(strategy: str, corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    chosen = replace(settings, strategy=strategy, repetitions=3)
    assert check_leakage(split(corpus, chosen, seed=0), corpus, chosen) == []


def test_random_folds_tell_what_leaks(gold: list[LabeledSentence]) -> None:
    settings = SplitSettings(strategy="random")
    leaks = check_leakage(split(gold, settings, seed=0), gold, settings)
    assert any("group 'doc:000' straddles" in leak for leak in leaks)
    assert any("is nearly the same as" in leak for leak in leaks)


def test_a_straddling_group_is_named(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    folds = split(corpus, settings, seed=0)
    [first, *_] = folds.repetitions[0]
    moved = first.test[0]
    broken = with_fold(folds, 0, Fold((*first.train, moved), first.test[1:]))
    with pytest.raises(LeakageError, match=rf"fold 0: group '{folds.groups[moved]}' straddles.*'{moved}' trained on"):
        check_leakage(broken, corpus, settings)


@pytest.mark.parametrize("swap", [False, True])
def test_near_duplicates_on_both_sides_are_named_whatever_the_groups_say(
    corpus: list[LabeledSentence], settings: SplitSettings, swap: bool
) -> None:
    folds = split(corpus, settings, seed=0)
    fold = folds.repetitions[0][1]
    tested, trained = fold.test[0], fold.train[0]
    copy, original = (trained, tested) if swap else (tested, trained)
    text = next(one.text for one in corpus if one.id == original)
    copied = [replace(one, text=f"{text}!") if one.id == copy else one for one in corpus]
    with pytest.raises(LeakageError, match=rf"'{tested}', which is tested, is nearly the same as '{trained}'"):
        check_leakage(folds, copied, settings)


def test_a_composed_near_duplicate_that_was_not_dropped_is_named(
    corpus: list[LabeledSentence], settings: SplitSettings
) -> None:
    folds = split(corpus, settings, seed=0)
    copied = [replace(one, text=corpus[3].text) if one.id == "c-2" else one for one in corpus]
    with pytest.raises(LeakageError, match="composed sentence 'c-2' is nearly the same as 'long-3' and not dropped"):
        check_leakage(folds, copied, settings)
    assert check_leakage(replace(folds, dropped_composed=("c-2",)), copied, settings) == []


@pytest.mark.parametrize("strategy", ["grouped", "random"])
@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ((), ("c-0",), "composed sentence 'c-0' is in the test part"),
        (("c-0",), (), "composed sentence 'c-0' is in the training part"),
        ((), ("ghost",), "sentence 'ghost' is not among the labelled ones"),
    ],
)
def test_misplaced_sentences_are_named(
    corpus: list[LabeledSentence],
    settings: SplitSettings,
    strategy: str,
    train: tuple[str, ...],
    test: tuple[str, ...],
    message: str,
) -> None:
    chosen = replace(settings, strategy=strategy)
    folds = split(corpus, chosen, seed=0)
    first = folds.repetitions[0][0]
    with pytest.raises(LeakageError, match=f"repetition 0, fold 0: {message}"):
        check_leakage(with_fold(folds, 0, Fold(first.train + train, first.test + test)), corpus, chosen)


@pytest.mark.parametrize("strategy", ["grouped", "random"])
def test_a_sentence_on_both_sides_or_tested_twice_is_named(
    corpus: list[LabeledSentence], settings: SplitSettings, strategy: str
) -> None:
    chosen = replace(settings, strategy=strategy)
    folds = split(corpus, chosen, seed=0)
    first, second, _ = folds.repetitions[0]
    shared = first.test[0]
    with pytest.raises(LeakageError, match=f"fold 0: sentence '{shared}' is in both the training and the test part"):
        check_leakage(with_fold(folds, 0, Fold((*first.train, shared), first.test)), corpus, chosen)
    moved = Fold(tuple(one for one in second.train if one != shared), (*second.test, shared))
    with pytest.raises(LeakageError, match=f"repetition 0: sentence '{shared}' is tested twice, in folds 0 and 1"):
        check_leakage(with_fold(folds, 1, moved), corpus, chosen)


def test_a_sentence_without_a_group_is_named(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    folds = split(corpus, settings, seed=0)
    groups = {one: group for one, group in folds.groups.items() if one != "b-2"}
    with pytest.raises(LeakageError, match="sentence 'b-2' has no group"):
        check_leakage(replace(folds, groups=groups), corpus, settings)


def test_folds_of_another_strategy_are_refused(corpus: list[LabeledSentence], settings: SplitSettings) -> None:
    folds = split(corpus, replace(settings, strategy="random"), seed=0)
    with pytest.raises(LeakageError, match=r"made by 'random', split\.strategy is 'grouped'"):
        check_leakage(folds, corpus, settings)


def test_a_label_that_a_part_lacks_is_named(corpus: list[LabeledSentence], codebook: Codebook) -> None:
    fold = Fold(train=("long-0", "long-1"), test=("long-2", "long-3", "long-4", "long-6"))
    folds = Folds("grouped", {}, ((fold,),), dropped_composed=())
    assert class_warnings(folds, corpus, codebook) == [
        "repetition 0, fold 0: no training sentence of a document has stance 'neutral', only composed ones",
    ]
    assert class_warnings(replace(folds, dropped_composed=("c-2",)), corpus, codebook) == [
        "repetition 0, fold 0: no training sentence of a document has stance 'neutral'",
    ]
    alone = replace(folds, repetitions=((Fold(fold.train, ("long-0",)),),), dropped_composed=("c-2",))
    assert class_warnings(alone, corpus, codebook) == [
        "repetition 0, fold 0: no test sentence has stance 'favor'",
        "repetition 0, fold 0: no test sentence has stance 'neutral'",
        "repetition 0, fold 0: no training sentence of a document has stance 'neutral'",
        "repetition 0, fold 0: no test sentence has frame 'y'",
    ]


def test_the_published_labels_lack_double_standards_in_two_folds(
    gold: list[LabeledSentence], gold_folds: Folds
) -> None:
    # Only three groups have the label, so two of five folds must test without it.
    lines = class_warnings(gold_folds, gold, Codebook(tasks=_gold_tasks(gold)))
    assert sum("no test sentence has frame 'double_standards'" in line for line in lines) == 2
    assert not any("training" in line for line in lines)


def _gold_tasks(gold: list[LabeledSentence]) -> dict[str, Task]:
    return {
        task: Task(labels=dict.fromkeys(sorted(str(one.labels[task]) for one in gold), "")) for task in gold[0].labels
    }
