"""The labelled sentences load with `datasets.load_dataset`, typed, with the folds as splits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import datasets
import pytest
from datasets import ClassLabel, DatasetDict, Value, load_dataset

from pipeline.codebook import Codebook, Task
from pipeline.dataset import COLUMNS, read_dataset, write_dataset
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.records import LabeledSentence
from pipeline.splitting import Fold, Folds

CODEBOOK = Codebook(
    name="rights",
    version="1",
    title="Stance on rights",
    tasks={
        "stance": Task(question="For or against?", labels={"neutral": "no position", "against": "", "favor": ""}),
        "holder": Task(labels={"un": "", "ngo": ""}),
    },
)


def sentence(number: int, stance: str | None, composed: bool = False) -> LabeledSentence:
    return LabeledSentence(
        id=f"{'c' if composed else 's'}{number}",
        text=f"Sentence “{number}”.",
        labels={"stance": stance, "holder": None},
        document=None if composed else "d1",
        index=number,
        start=None if composed else 10 * number,
        end=None if composed else 10 * number + 9,
        composed=composed,
    )


LABELED = [
    *(sentence(number, stance) for number, stance in enumerate(["favor", "against", "neutral", None, "favor"])),
    sentence(7, "against", composed=True),
]
FOLDS = Folds(
    strategy="grouped",
    groups={f"s{number}": f"g{number // 2}" for number in range(5)},
    repetitions=(
        (Fold(("s4",), ("s0", "s1")), Fold(("s0", "s1", "s4"), ("s2", "s3"))),
        (Fold(("s0", "s1"), ("s4", "s2", "s3")), Fold(("s4", "s2", "s3"), ("s0", "s1"))),
    ),
    dropped_composed=("c8",),
)


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "dataset"
    path.mkdir()
    write_dataset(path, [*LABELED, sentence(8, "favor", composed=True)], FOLDS, CODEBOOK, "A model labelled them.")
    return path


def load(folder: Path, name: str | None = None) -> DatasetDict:
    loaded = load_dataset(str(folder), name, cache_dir=str(folder.parent / "cache"))
    assert isinstance(loaded, DatasetDict)
    return loaded


def test_folds_are_splits_and_sentences_tested_nowhere_are_for_training(folder: Path) -> None:
    first, second = load(folder, "repetition_0"), load(folder, "repetition_1")
    assert {name: split["id"] for name, split in first.items()} == {
        "fold_0": ["s0", "s1"],
        "fold_1": ["s2", "s3"],
        "train": ["s4"],
    }
    assert {name: split["id"] for name, split in second.items()} == {
        "fold_0": ["s2", "s3", "s4"],
        "fold_1": ["s0", "s1"],
    }
    assert load(folder)["fold_0"]["id"] == ["s0", "s1"], "the first repetition is the default"


def test_labels_are_class_labels_in_codebook_order(folder: Path) -> None:
    for split in [*load(folder, "repetition_0").values(), load(folder, "composed")["train"]]:
        assert split.features["stance"] == ClassLabel(names=["neutral", "against", "favor"])
        assert split.features["holder"] == ClassLabel(names=["un", "ngo"])
        assert split.features["text"] == Value("string")
        assert split.features["page"] == Value("int32")
        assert split.features["composed"] == Value("bool")
    tested = load(folder, "repetition_0")
    assert tested["fold_0"]["stance"] == [2, 1]
    assert tested["fold_1"]["stance"] == [0, None]
    assert tested["fold_0"][0]["text"] == "Sentence “0”."
    assert tested["fold_0"]["group"] == ["g0", "g0"]


def test_composed_sentences_are_only_in_a_training_split_of_their_own(folder: Path) -> None:
    assert {name: split["id"] for name, split in load(folder, "composed").items()} == {"train": ["c7"]}
    for repetition in ("repetition_0", "repetition_1"):
        assert not any(any(split["composed"]) for split in load(folder, repetition).values())
    card = (folder / "README.md").read_text()
    assert "They are invented" in card
    assert "A model labelled them." in card


def test_a_composed_sentence_in_a_test_part_is_refused(tmp_path: Path) -> None:
    leaking = replace(FOLDS, repetitions=((Fold(("s0",), ("s1", "c7")),),))
    with pytest.raises(DataError, match="composed sentence 'c7' is in test fold_0"):
        write_dataset(tmp_path, LABELED, leaking, CODEBOOK)
    assert not list(tmp_path.iterdir())


def test_without_composed_sentences_the_card_does_not_speak_of_them(tmp_path: Path) -> None:
    write_dataset(tmp_path, LABELED[:5], FOLDS, CODEBOOK)
    assert not (tmp_path / "composed").exists()
    assert "invented" not in (tmp_path / "README.md").read_text()


def test_a_task_cannot_be_named_like_a_column() -> None:
    for column in COLUMNS:
        with pytest.raises(ConfigError, match=f"task '{column}' cannot name a column"):
            Codebook(name="x", version="1", tasks={column: CODEBOOK.tasks["stance"]})


def test_the_folder_reads_back_as_the_records_it_was_written_from(folder: Path) -> None:
    sentences, groups = read_dataset(folder)
    assert sorted(sentences, key=lambda one: one.id) == LABELED[:5]
    assert groups == FOLDS.groups
    with pytest.raises(ArtifactError, match="holds no sentences"):
        read_dataset(folder / "composed")
