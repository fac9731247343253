"""Requests that come together are computed together, none at the cost of another."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from local_server import HeldScorer, Served

from pipeline.inference.classifier import Classifier
from pipeline.serving.limits import Limits

Serve = Callable[..., Served]


def test_many_clients_at_once_get_each_their_own_answer(served: Served, classifier: Classifier) -> None:
    words = ["oppose", "reject", "support", "perhaps", "monday", "interference", "victims", "resolution"]
    texts = [f"{first} {second} {third}" for first in words for second in words for third in words[:1]]
    with ThreadPoolExecutor(32) as clients:
        answers = list(clients.map(lambda text: served.post({"text": text}).json()["predictions"], texts))
    assert answers == [[record.to_dict() for record in classifier.predict([text])] for text in texts]


def test_what_waits_is_computed_in_one_batch(held_classifier: Classifier, held: HeldScorer, serve: Serve) -> None:
    served = serve(held_classifier)
    answers = [served.posted({"text": "We oppose it."})]
    held.wait()
    answers += [served.posted({"text": f"We support {number}."}) for number in range(20)]
    served.wait_for("stance_queue_texts", 20)
    held.release()
    assert {answer.result(30).status_code for answer in answers} == {200}
    assert held.batches == [1, 20]
    assert served.metric('stance_batch_texts_bucket{le="1.0"}') == 1
    assert served.metric("stance_texts_total") == 21


def test_a_book_does_not_hold_up_a_sentence(held_classifier: Classifier, held: HeldScorer, serve: Serve) -> None:
    served = serve(held_classifier)
    book = served.posted({"texts": [f"we oppose {number}" for number in range(400)]})
    held.wait()
    sentence = served.posted({"text": "We support it."})
    served.wait_for("stance_queue_texts", 369)
    held.release(2)
    assert sentence.result(30).json()["predictions"][0]["stance"]["label"] == "favor"
    assert not book.done()
    held.release()
    assert len(book.result(30).json()["predictions"]) == 400


def test_texts_of_a_client_that_left_are_dropped(held_classifier: Classifier, held: HeldScorer, serve: Serve) -> None:
    served = serve(held_classifier)
    first = served.posted({"text": "We oppose it."})
    held.wait()
    body = b'{"texts": ["gone", "gone"]}'
    with socket.create_connection(("127.0.0.1", served.port)) as leaving:
        head = f"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        leaving.sendall(f"{head}\r\n\r\n".encode() + body)
        served.wait_for("stance_queue_texts", 2)
    served.wait_for("stance_http_requests_in_progress", 2)  # the first one, and the question itself
    held.release()
    assert first.result(30).status_code == 200
    assert served.post({"text": "We support it."}).status_code == 200
    assert held.batches == [1, 1]
    assert served.metric("stance_queue_texts") == 0


def test_explanations_take_turns_with_texts(held_classifier: Classifier, held: HeldScorer, serve: Serve) -> None:
    served = serve(held_classifier, Limits(timeout=30))
    curious = served.posted({"texts": ["we oppose", "we support", "on monday"], "explain": True})
    held.wait()
    plain = served.posted({"text": "We reject it."})
    served.wait_for("stance_queue_texts", 1)
    held.release()
    assert plain.result(30).status_code == 200
    found = curious.result(30).json()["predictions"]
    assert [record["explanation"]["tasks"]["stance"][1]["word"] for record in found] == ["oppose", "support", "monday"]
    assert served.metric("stance_queue_texts") == 0
