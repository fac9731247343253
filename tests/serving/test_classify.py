"""What `POST /v1/classify` answers: the records that Python and the command line give."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from local_server import Served
from toy_model import write_model

from pipeline.inference.classifier import Classifier
from pipeline.inference.documents import read_document

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ingest"


def predictions(served: Served, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = served.post(body)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["predictions"]
    return found


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_one_text_gets_the_record_that_python_gives(served: Served, classifier: Classifier) -> None:
    text = "We oppose interference 🕊."
    assert predictions(served, {"text": text}) == [classifier.predict([text])[0].to_dict()]


def test_many_texts_keep_their_order_and_may_repeat(served: Served, classifier: Classifier) -> None:
    texts = ["We oppose it.", "We support it.", "Monday.", "We oppose it."] * 30
    assert predictions(served, {"texts": texts}) == [record.to_dict() for record in classifier.predict(texts)]


def test_a_context_reaches_a_model_that_reads_it(tmp_path: Path, serve: Any) -> None:
    classifier = Classifier.load(write_model(tmp_path / "model", context=True))
    body = {"texts": ["the resolution", {"text": "the resolution", "context": "we oppose oppose oppose"}]}
    alone, after = predictions(serve(classifier), body)
    assert alone["stance"]["scores"] != after["stance"]["scores"]
    assert after["stance"]["label"] == "against"


def test_tasks_and_threshold_are_those_of_the_request(served: Served, model: Path) -> None:
    body = {"text": "perhaps the resolution", "tasks": ["stance"], "abstain_below": 1.0}
    strict = Classifier.load(model, precision="fp32", tasks=["stance"], abstain_below=1.0)
    assert predictions(served, body) == [strict.predict(["perhaps the resolution"])[0].to_dict()]
    lax = predictions(served, body | {"abstain_below": 0})
    assert lax[0]["stance"]["abstained"] is False
    assert "frame" not in lax[0]


def test_explanations_tell_words_and_method(served: Served) -> None:
    body = {"texts": ["We oppose the resolution.", "Perhaps victims."], "explain": True, "tasks": ["stance"]}
    first, second = (record["explanation"] for record in predictions(served, body))
    assert "Zeiler" in first["method"]
    assert list(first["tasks"]) == ["stance"]
    assert max(first["tasks"]["stance"], key=lambda word: word["weight"])["word"] == "oppose"
    assert [word["word"] for word in second["tasks"]["stance"]] == ["Perhaps", "victims"]


def test_a_document_is_split_and_offsets_point_into_what_was_sent(served: Served) -> None:
    text = "\r\nMr. Li said: “We oppose it.” 🕊 The victims\r\nsupport the resolution.\r\n\r\nIt met on Monday."
    found = predictions(served, {"document": text})
    assert [record["text"] for record in found][-1] == "It met on Monday."
    assert [" ".join(text[record["start"] : record["end"]].split()) for record in found] == [
        record["text"] for record in found
    ]
    assert {record["document"] for record in found} == {"document"}
    assert found[0]["id"] == "document-0000"


@pytest.mark.parametrize("name", ["web_page.html", "speech.txt"])
def test_a_file_is_split_as_on_the_command_line(served: Served, classifier: Classifier, name: str) -> None:
    content = (FIXTURES / name).read_bytes()
    found = predictions(served, {"document": {"name": name, "content": encoded(content)}})
    assert found == [record.to_dict() for record in classifier.classify(list(read_document(FIXTURES / name)))]
    assert len(found) > 3


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ({"name": "a.pdf", "content": encoded(b"%PDF-1.7 nothing")}, "cannot be read as PDF"),
        ({"name": "a.txt", "content": encoded(b"caf\xe9 caf\xe9")}, "is not utf-8"),
        ({"name": "a.txt", "content": "é"}, "no base64"),
        ({"name": "a.exe", "content": ""}, "document.name: String should match"),
        ("...", "gives no sentence"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_the_reason(served: Served, document: Any, detail: str) -> None:
    answer = served.post({"document": document})
    assert answer.status_code == 422
    assert detail in answer.json()["detail"]


def test_the_name_of_a_file_reaches_no_path(served: Served) -> None:
    name = "../../etc/passwd\x00.txt"
    found = predictions(served, {"document": {"name": name, "content": encoded(b"We oppose it.")}})
    assert [record["document"] for record in found] == [name]


def test_a_model_of_several_targets_is_asked_about_one(tmp_path: Path, serve: Any) -> None:
    classifier = Classifier.load(write_model(tmp_path / "model", targets=["oppose", "support"]))
    served = serve(classifier)
    refused = served.post({"text": "the resolution"})
    assert refused.status_code == 422
    assert "towards oppose, support; give a target" in refused.json()["detail"]
    body = {"texts": ["the resolution", {"text": "the resolution", "target": "support"}], "target": "oppose"}
    expected = classifier.predict(["the resolution"] * 2, targets=["oppose", "support"])
    assert predictions(served, body) == [record.to_dict() for record in expected]
    assert served.get("/v1/model").json()["targets"] == ["oppose", "support"]
