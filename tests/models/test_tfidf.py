from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.models.base import TrainingData
from pipeline.models.tfidf import TfidfModel
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import TfidfSettings

UNSEEN = ["They reject it all.", "we support rights, they said", "The council met.", "", "zzz 中国"]


@pytest.fixture(scope="module")
def fitted(codebook: Codebook, data: TrainingData) -> tuple[TfidfModel, dict[str, Any]]:
    model = TfidfModel(TfidfSettings(), codebook)
    return model, model.fit(data, seed=3)


def fit(codebook: Codebook, data: TrainingData, seed: int = 3, **settings: Any) -> tuple[TfidfModel, dict[str, Any]]:
    model = TfidfModel(TfidfSettings(**settings), codebook)
    return model, model.fit(data, seed)


def untimed(details: dict[str, Any]) -> dict[str, Any]:
    """What was chosen among which candidates, without the time that it took."""
    return {
        task: [{name: value for name, value in trial.items() if name != "cpu_seconds"} for trial in entry["candidates"]]
        for task, entry in details["tasks"].items()
    }


def test_it_learns_the_labels_from_the_words(fitted: tuple[TfidfModel, dict[str, Any]], codebook: Codebook) -> None:
    found = fitted[0].predict_proba(["we reject the resolution .", "they support rights", "the council met"])
    assert [codebook.labels("stance")[row.argmax()] for row in found["stance"]] == ["against", "favor", "neutral"]
    assert codebook.labels("frame")[found["frame"][0].argmax()] == "sovereignty"


def test_probabilities_are_distributions_and_unseen_labels_have_none(
    fitted: tuple[TfidfModel, dict[str, Any]],
) -> None:
    found = fitted[0].predict_proba(UNSEEN)
    for task, labels in (("stance", 3), ("frame", 4)):
        assert found[task].shape == (len(UNSEEN), labels)
        assert found[task].sum(axis=1) == pytest.approx(1)
        assert (found[task] >= 0).all()
    assert (found["frame"][:, 3] == 0).all(), "no training sentence has the frame dialogue"


def test_a_text_is_labelled_the_same_alone_and_in_any_batch(fitted: tuple[TfidfModel, dict[str, Any]]) -> None:
    together = fitted[0].predict_proba(UNSEEN)
    for row, text in enumerate(UNSEEN):
        alone = fitted[0].predict_proba([text])
        assert all(np.array_equal(alone[task][0], together[task][row]) for task in together)


def test_no_texts_give_no_rows(fitted: tuple[TfidfModel, dict[str, Any]]) -> None:
    assert {task: found.shape for task, found in fitted[0].predict_proba([]).items()} == {
        "stance": (0, 3),
        "frame": (0, 4),
    }


def test_equal_seeds_give_equal_models(
    fitted: tuple[TfidfModel, dict[str, Any]], codebook: Codebook, data: TrainingData
) -> None:
    again, details = fit(codebook, data)
    before, after = fitted[0].predict_proba(UNSEEN), again.predict_proba(UNSEEN)
    assert all(np.array_equal(before[task], after[task]) for task in before)
    assert untimed(details) == untimed(fitted[1])


def test_every_candidate_is_reported_and_the_best_is_chosen(fitted: tuple[TfidfModel, dict[str, Any]]) -> None:
    details = fitted[1]
    json.dumps(details, allow_nan=False)
    for task in ("stance", "frame"):
        chosen, candidates = details["tasks"][task]["chosen"], details["tasks"][task]["candidates"]
        assert chosen["macro_f1"] == max(trial["macro_f1"] for trial in candidates)
        assert {trial["loss"] for trial in candidates} == {"squared", "logistic"}
        assert {trial["composed_weight"] for trial in candidates} == {0.0, 0.1, 0.3, 1.0}
        assert {trial["class_weight"] for trial in candidates} == {"balanced", "none"}
        assert all(trial["cpu_seconds"] >= 0 for trial in candidates)


def test_composed_sentences_are_learnt_from_but_never_judged_by(codebook: Codebook, data: TrainingData) -> None:
    wrong = [replace(one, id=f"w{one.id}", labels={"stance": "neutral", "frame": "none"}) for one in data.composed]
    _, with_wrong = fit(codebook, replace(data, composed=wrong))
    _, without = fit(codebook, replace(data, composed=()))
    assert {trial["composed_weight"] for trial in without["tasks"]["stance"]["candidates"]} == {0.0}
    scores = {trial["composed_weight"]: trial["macro_f1"] for trial in with_wrong["tasks"]["stance"]["candidates"][:4]}
    assert scores[0.0] == max(scores.values()) == 1.0, "without the wrong ones every document sentence comes out right"


def test_a_word_of_composed_sentences_alone_counts_when_they_are_in(codebook: Codebook, data: TrainingData) -> None:
    new = [
        LabeledSentence(id=f"n{index}", text="zugzwang", labels={"stance": "favor", "frame": "dialogue"}, composed=True)
        for index in range(5)
    ]
    found = {}
    for weight in (0.0, 1.0):
        model, _ = fit(codebook, replace(data, composed=new), composed_weight=[weight])
        found[weight] = model.predict_proba(["zugzwang"])
    assert codebook.labels("frame")[found[1.0]["frame"].argmax()] == "dialogue"
    assert found[0.0]["frame"][0, 3] == 0


def test_one_label_in_training_is_always_predicted(codebook: Codebook, data: TrainingData) -> None:
    same = [replace(one, labels={"stance": "favor", "frame": "none"}) for one in data.sentences]
    model, _ = fit(codebook, replace(data, sentences=same, composed=()))
    assert model.predict_proba(["anything"])["stance"].tolist() == [[0.0, 1.0, 0.0]]


@pytest.mark.parametrize("sentences_left", [0, 1])
def test_too_little_to_train_on_is_refused(codebook: Codebook, data: TrainingData, sentences_left: int) -> None:
    with pytest.raises(DataError, match="sentences"):
        fit(codebook, replace(data, sentences=data.sentences[:sentences_left]))


def test_a_task_without_labels_is_refused(codebook: Codebook, data: TrainingData) -> None:
    unlabelled = [replace(one, labels={"stance": "favor", "frame": None}) for one in data.sentences]
    with pytest.raises(DataError, match="no training sentence has a frame label"):
        fit(codebook, replace(data, sentences=unlabelled))


def test_prediction_before_fit_is_refused(codebook: Codebook) -> None:
    with pytest.raises(DataError, match="call fit or load first"):
        TfidfModel(TfidfSettings(), codebook).predict_proba(["Anything."])


def test_progress_counts_up_to_the_end(codebook: Codebook, data: TrainingData) -> None:
    model = TfidfModel(TfidfSettings(), codebook)
    steps: list[tuple[int, int]] = []
    model.on_progress = lambda done, total, note: steps.append((done, total))
    model.fit(data, seed=3)
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert {total for _, total in steps} == {len(steps)}


def test_contributions_explain_the_log_odds(fitted: tuple[TfidfModel, dict[str, Any]], codebook: Codebook) -> None:
    model, text = fitted[0], "we reject the resolution ."
    found = model.contributions(text, "stance", "against")
    values = [value for _, value in found]
    assert values == sorted(values, reverse=True)
    assert "reject" in [ngram for ngram, value in found if value > 0][:5]
    index = codebook.index("stance", "against")
    # With no n-gram known, only the intercepts speak; the difference is what the n-grams add.
    logs = [np.log(model.predict_proba([one])["stance"][0]) for one in (text, "")]
    odds = [row[index] - np.delete(row, index).mean() for row in logs]
    assert sum(values) == pytest.approx(odds[0] - odds[1], abs=1e-6)


def test_contributions_refuse_an_unknown_label(fitted: tuple[TfidfModel, dict[str, Any]]) -> None:
    with pytest.raises(DataError, match="unknown stance label 'hostile'"):
        fitted[0].contributions("we reject", "stance", "hostile")


def test_inner_folds_keep_groups_together(codebook: Codebook, sentences: Sequence[LabeledSentence]) -> None:
    """Sentences that only their group's other members could teach are not learnt within the inner folds."""
    labels = ["against", "favor", "neutral"]
    made = [
        LabeledSentence(
            id=f"g{group}-{index}",
            text=f"word{group}",
            labels={"stance": labels[group % 3], "frame": "none"},
        )
        for group in range(12)
        for index in range(4)
    ]
    together = TrainingData(made, {one.id: one.id.split("-")[0] for one in made})
    apart = TrainingData(made, {one.id: one.id for one in made})
    settings = {"char_share": 0.0, "squared_C": [1.0], "logistic_C": []}
    _, honest = fit(codebook, together, **settings)
    _, leaking = fit(codebook, apart, **settings)
    assert leaking["tasks"]["stance"]["chosen"]["macro_f1"] == 1.0
    assert honest["tasks"]["stance"]["chosen"]["macro_f1"] < 0.5
