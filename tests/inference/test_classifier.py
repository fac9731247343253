"""What a user of the Python interface sees."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.errors import ConfigError, DataError
from pipeline.inference.classifier import Classifier
from pipeline.inference.items import Item, Rejection, Unit

AGAINST = "We oppose the interference."


def test_the_record_is_as_documented(classifier: Classifier) -> None:
    record = classifier.predict([AGAINST])[0].to_dict()
    assert list(record) == [
        "id", "text", "stance", "frame", "tier", "document", "start", "end", "page", "model", "codebook",
    ]  # fmt: skip
    # Mean over [CLS] we oppose the interference . [SEP] of 9 * 3 for one label a task.
    logit = 27 / 7
    expected = math.exp(logit) / (math.exp(logit) + 2)
    tempered = math.exp(logit / 2) / (math.exp(logit / 2) + 2)
    assert record["stance"]["label"] == "against"
    assert record["stance"]["probability"] == pytest.approx(expected, abs=1e-6)
    assert record["frame"]["scores"]["sovereignty"] == pytest.approx(tempered, abs=1e-6)
    assert sum(record["frame"]["scores"].values()) == pytest.approx(1, abs=1e-5)
    assert record["tier"] == {"stance": "A", "frame": None}
    assert record["codebook"] == "toy/1"
    assert record["model"].startswith("transformer-")


def test_an_unsure_prediction_abstains_below_the_stored_threshold(model: Path) -> None:
    texts = ["perhaps", "we support"]
    stored = Classifier.load(model, precision="fp32").predict(texts)
    assert [record["stance"].abstained for record in stored] == [False, False]
    strict = Classifier.load(model, precision="fp32", abstain_below=0.999).predict(texts)
    assert all(found.abstained for record in strict for found in record.tasks.values())
    unsure = Classifier.load(model, precision="fp32").predict(["the resolution"])[0]
    assert unsure["stance"].abstained
    assert not unsure["frame"].abstained


def test_a_record_does_not_depend_on_its_company(classifier: Classifier) -> None:
    texts = [f"{word} the {'resolution ' * (n % 5)}." for n, word in enumerate(["oppose", "support", "monday"] * 20)]
    together = classifier.predict(texts, batch_size=7)
    assert [record.text for record in together] == texts
    alone = [classifier.predict([text])[0] for text in texts]
    assert [record.tasks for record in together] == [record.tasks for record in alone]


def test_equal_texts_are_computed_once(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = Classifier.load(model, precision="fp32")
    asked: list[str] = []
    scorer = classifier._scorer
    prepare = scorer.prepare

    def noting(texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str]) -> Any:
        asked.extend(texts)
        return prepare(texts, contexts, targets)

    monkeypatch.setattr(scorer, "prepare", noting)
    assert len(classifier.predict(["we oppose", "we support", "we oppose"])) == 3
    assert asked == ["we oppose", "we support"]
    asked.clear()
    groups = classifier.stream(Item(str(n), ["we oppose", "monday"][n % 2]) for n in range(5000))
    results = [each for group in groups for each in group]
    assert [each.id for each in results if not isinstance(each, Rejection)] == [str(n) for n in range(5000)]
    assert asked == ["we oppose", "monday"]


def test_a_stream_keeps_the_order_and_passes_rejections(classifier: Classifier) -> None:
    units: list[Unit] = [Item("1", "we oppose"), Rejection("x", 2, "broken"), Item("3", "monday")]
    results = [each for group in classifier.stream(iter(units)) for each in group]
    assert [getattr(each, "id", "rejected") for each in results] == ["1", "rejected", "3"]


def test_a_slow_source_is_answered_line_by_line(classifier: Classifier) -> None:
    answered: list[str] = []
    seen = threading.Event()

    def source() -> Iterator[Item]:
        yield Item("1", "we oppose")
        assert seen.wait(timeout=10)
        yield Item("2", "we support")

    for group in classifier.stream(source()):
        answered += [each.id for each in group if not isinstance(each, Rejection)]
        seen.set()
    assert answered == ["1", "2"]


def test_an_error_of_the_source_is_raised(classifier: Classifier) -> None:
    def source() -> Iterator[Item]:
        yield Item("1", "we oppose")
        raise DataError("the disk is gone")

    with pytest.raises(DataError, match="the disk is gone"):
        list(classifier.stream(source()))


def test_tasks_limit_the_answer(model: Path) -> None:
    record = Classifier.load(model, tasks=["frame"]).predict([AGAINST])[0]
    assert set(record.tasks) == {"frame"} == set(record.tier)


@pytest.mark.parametrize("text", ["", " ", "\x00", "oppose " * 5000, "\N{PILE OF POO} 反对"])
def test_any_text_gets_an_answer(classifier: Classifier, text: str) -> None:
    record = classifier.predict([text])[0]
    assert record.text == text
    assert record["stance"].label in classifier.labels["stance"]


def test_what_is_no_text_is_refused(classifier: Classifier) -> None:
    with pytest.raises(DataError, match="not one text"):
        classifier.predict(AGAINST)
    with pytest.raises(DataError, match="item 2 is NoneType"):
        classifier.predict(cast("list[str]", [AGAINST, None]))
    with pytest.raises(DataError, match="surrogate"):
        classifier.predict(["\ud800"])
    with pytest.raises(DataError, match="2 contexts"):
        classifier.predict([AGAINST], contexts=["", ""])
    assert classifier.predict([]) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tasks": ["mood"]}, "unknown task 'mood'; .* answers stance, frame"),
        ({"tasks": []}, "no task"),
        ({"abstain_below": 1.5}, "abstain_below is 1.5"),
        ({"precision": "int4"}, "precision 'int4' is not offered"),
    ],
)
def test_a_wrong_option_is_named(model: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Classifier.load(model, **options)


def test_context_is_a_second_segment(own_model: Callable[..., Path]) -> None:
    classifier = Classifier.load(own_model(context=True), precision="fp32")
    with_context, without = classifier.predict(["the resolution"] * 2, contexts=["we oppose", ""])
    assert with_context["stance"].label == "against"
    assert with_context["stance"].probability > without["stance"].probability


def test_the_words_that_carried_the_decision_weigh_most(classifier: Classifier) -> None:
    text = "The resolution: we reject interference."
    (record,) = classifier.predict([text])
    words = classifier.explain(Item("1", text), record)["stance"]
    assert [text[word.start : word.end] for word in words] == [word.word for word in words]
    assert max(words, key=lambda word: word.weight).word == "reject"
    assert "occlusion" in classifier.explanation_method
