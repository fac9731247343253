"""The target as an input: the same words mean favor of one target and opposition to another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import read_json
from pipeline.codebook import Codebook, Task
from pipeline.errors import ArtifactError, ConfigError
from pipeline.models import tfidf_training
from pipeline.models.base import TrainingData
from pipeline.models.segments import second_segments
from pipeline.models.target_heads import TARGET_ARRAYS
from pipeline.models.tfidf import TfidfModel
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import TfidfSettings
from pipeline.targets import hide_targets, known_targets

STANCE = Codebook(name="toy", version="1", tasks={"stance": Task(labels={"against": "", "favor": ""})})
TEXTS = ["more light and power", "more noise and dust", "so much light", "so much dust", "power for us", "noise for us"]
SIGNS = (1, 0, 1, 0, 1, 0)


def sentences(target: str, turned: bool, part: str = "train", times: int = 5) -> list[LabeledSentence]:
    """`times` sentences of each text; in `turned` targets each has the other label."""
    return [
        LabeledSentence(
            f"{part}-{target}-{index}-{number}",
            f"{text} {number}",
            {"stance": ("against", "favor")[sign ^ turned]},
            target=target,
        )
        for number in range(times)
        for index, (text, sign) in enumerate(zip(TEXTS, SIGNS, strict=True))
    ]


def data(development: bool = True) -> TrainingData:
    train = [*sentences("dams", False), *sentences("roads", True), *sentences("rare", False, times=1)]
    held_out = [*sentences("dams", False, "dev", 2), *sentences("roads", True, "dev", 2)] if development else []
    return TrainingData(train, {one.id: one.id for one in (*train, *held_out)}, (), held_out)


def settings(*ways: str) -> TfidfSettings:
    return TfidfSettings(targets=list(ways), squared_C=[1.0], logistic_C=[], class_weight=["balanced"], min_df=1)


def fitted(*ways: str, of: TrainingData | None = None) -> TfidfModel:
    model = TfidfModel(settings(*ways), STANCE)
    model.fit(of or data(), seed=0)
    return model


def favor(model: TfidfModel, targets: list[str] | None) -> list[bool]:
    found = model.predict_proba(TEXTS, targets=targets)["stance"]
    assert np.allclose(found.sum(axis=1), 1)
    return (found[:, 1] > 0.5).tolist()


@pytest.mark.parametrize("way", ["crossed", "separate"])
def test_a_model_that_knows_the_target_turns_its_answer(way: str) -> None:
    model = fitted(way)
    signs = [bool(sign) for sign in SIGNS]
    assert favor(model, ["dams"] * 6) == signs
    assert favor(model, ["roads"] * 6) == [not sign for sign in signs]


def test_without_the_target_both_read_alike() -> None:
    model = fitted("ignore")
    assert favor(model, ["dams"] * 6) == favor(model, ["roads"] * 6) == favor(model, None)


@pytest.mark.parametrize("way", ["crossed", "separate"])
def test_an_unknown_or_rare_target_is_treated_like_none(way: str) -> None:
    model = fitted(way)
    nothing = model.predict_proba(TEXTS)["stance"]
    for target in ("tunnels", "rare", ""):
        assert np.array_equal(model.predict_proba(TEXTS, targets=[target] * 6)["stance"], nothing)


def test_the_way_is_chosen_on_the_development_part() -> None:
    model = TfidfModel(settings("ignore", "crossed", "separate"), STANCE)
    details = model.fit(data(), seed=0)
    assert details["tasks"]["stance"]["chosen"]["features"] in ("crossed", "separate")
    scores = {trial["features"]: trial["macro_f1"] for trial in details["tasks"]["stance"]["candidates"]}
    assert scores["ignore"] < 0.7 < scores["crossed"]
    assert details["targets"] == ["dams", "roads"]
    assert details["sentences"]["documents"] == 30 + 30 + 6 + 24


def chosen_score(of: TrainingData) -> float:
    chosen = TfidfModel(settings("separate"), STANCE).fit(of, seed=0)["tasks"]["stance"]["chosen"]
    return float(chosen["macro_f1"])


def test_development_labels_choose_beside_inner_folds_and_alone_where_they_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = replace(data(), development=[replace(one, labels={"stance": "favor"}) for one in data().development])
    unlabeled = replace(data(), development=[replace(one, labels={"stance": None}) for one in data().development])
    assert chosen_score(data(development=False)) > 0.9
    assert chosen_score(unlabeled) == chosen_score(data(development=False))
    few = chosen_score(wrong)
    monkeypatch.setattr("pipeline.models.tuning.ENOUGH", 10)
    assert chosen_score(wrong) < few - 0.1 < chosen_score(data()) - 0.1


@pytest.mark.parametrize(("way", "loss"), [("crossed", "squared"), ("separate", "squared"), ("separate", "logistic")])
def test_many_sentences_are_solved_iteratively_with_the_same_result(
    way: str, loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(way)
    if loss == "logistic":
        chosen = replace(chosen, squared_C=[], logistic_C=[1.0])
    models = []
    for limit in (tfidf_training.DENSE, 10):
        monkeypatch.setattr(tfidf_training, "DENSE", limit)
        models.append(TfidfModel(chosen, STANCE))
        models[-1].fit(data(), seed=0)
    for target in ("dams", "roads", ""):
        dense, sparse = (model.predict_proba(TEXTS, targets=[target] * 6)["stance"] for model in models)
        assert sparse == pytest.approx(dense, abs=0.02)


def test_hidden_targets_leave_nothing_to_know() -> None:
    hidden = replace(data(), sentences=hide_targets(data().sentences), development=hide_targets(data().development))
    assert known_targets(data().sentences) == ("dams", "rare", "roads")
    assert known_targets(hidden.sentences) == ()
    model = fitted("separate", of=hidden)
    assert favor(model, ["dams"] * 6) == favor(model, ["roads"] * 6)


@pytest.mark.parametrize("way", ["ignore", "crossed", "separate"])
def test_a_saved_model_answers_alike(way: str, tmp_path: Path) -> None:
    model = fitted(way)
    model.save(tmp_path)
    assert read_json(tmp_path / "model.json")["targets"] == ([] if way == "ignore" else ["dams", "roads"])
    loaded = TfidfModel.load(tmp_path)
    for target in ("dams", "roads", "tunnels"):
        before, after = (one.predict_proba(TEXTS, targets=[target] * 6)["stance"] for one in (model, loaded))
        assert np.array_equal(before, after)
    assert loaded.contributions("more light", "stance", "favor", "dams") == model.contributions(
        "more light", "stance", "favor", "dams"
    )


def test_spoilt_target_weights_are_refused(tmp_path: Path) -> None:
    fitted("separate").save(tmp_path)
    (tmp_path / TARGET_ARRAYS).write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(ArtifactError, match="was altered or cut short"):
        TfidfModel.load(tmp_path)


def test_words_that_speak_for_a_target_speak_against_another() -> None:
    model = fitted("separate")
    weight = {
        target: dict(model.contributions("light", "stance", "favor", target))["light"] for target in ("dams", "roads")
    }
    assert weight["dams"] > 0 > weight["roads"]


def test_ways_are_checked() -> None:
    with pytest.raises(ConfigError, match=r"tfidf.targets='apart' is unknown"):
        TfidfSettings(targets=["apart"])
    with pytest.raises(ConfigError, match=r"tfidf.targets is empty"):
        TfidfSettings(targets=[])
    assert TfidfSettings(targets=["crossed", "ignore"]).untuned().targets == ["crossed"]


def test_second_segments_put_the_target_before_the_context() -> None:
    contexts, targets = [" ".join(map(str, range(50))), ""], ["big  dams", ""]
    both = second_segments(2, contexts, targets, context=True, target=True)
    assert both == ["big dams: " + " ".join(map(str, range(10, 50))), ""]
    assert second_segments(2, contexts, targets, context=False, target=True) == ["big dams", ""]
    assert second_segments(2, None, None, context=True, target=False) == ["", ""]
    assert second_segments(2, contexts, targets, context=False, target=False) is None
