"""What is refused, with which status, and whether the answer says what to do."""

from __future__ import annotations

import json
import resource
import select
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from local_server import HeldScorer, Served

from pipeline.inference.classifier import Classifier
from pipeline.serving.limits import Limits

Serve = Callable[..., Served]
MEBIBYTE = 1 << 20


def detail(answer: httpx.Response, status: int) -> str:
    """What a problem says, after its form is checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert "\n" not in body["detail"]
    return str(body["detail"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{", "the body is no JSON"),
        ("", "one of text, texts or document"),
        ("[]", "one of text, texts or document"),
        ("{}", "one of text, texts or document"),
        ('{"text": "a", "texts": ["b"]}', "one of text, texts or document"),
        ('{"text": " "}', "text 1 is empty"),
        ('{"texts": []}', "texts: List should have at least 1 item"),
        ('{"texts": ["a", 3]}', "texts.1: "),
        ('{"texts": ["a", {"context": "b"}]}', "texts.1.text: Field required"),
        ('{"texts": ["a", ""]}', "text 2 is empty"),
        ('{"text": "half of a pair: \\ud83d"}', "a lone surrogate"),
        ('{"text": "a", "context": "\\ud83d"}', "the context of text 1: character 1"),
        ('{"text": "a", "mood": 1}', "mood: Extra inputs are not permitted"),
        ('{"text": "a", "\\ud83d": 1}', "/docs describes the request"),
        ('{"text": "a", "explain": "yes"}', "explain: Input should be a valid boolean"),
        ('{"text": "a", "abstain_below": 2}', "abstain_below: Input should be less than or equal to 1"),
        ('{"text": "a", "abstain_below": NaN}', "abstain_below: "),
        ('{"text": "a", "tasks": ["mood"]}', "unknown task 'mood'; this model answers stance, frame"),
        ('{"text": "a", "tasks": []}', "tasks: List should have at least 1 item"),
    ],
)
def test_an_unusable_request_is_told_what_is_wrong(served: Served, body: str, expected: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{served.url}/v1/classify", content=body.encode(), headers=headers, trust_env=False)
    assert expected in detail(answer, 422)


def test_nesting_without_end_and_bytes_that_are_no_text_are_refused(served: Served) -> None:
    headers = {"Content-Type": "application/json"}
    for content in (b'{"text": ' + b"[" * 100_000, b'{"text": "\xff"}'):
        answer = httpx.post(f"{served.url}/v1/classify", content=content, headers=headers, trust_env=False)
        assert answer.status_code in (400, 422)
        assert "/docs" in answer.json()["detail"]


def test_a_form_of_another_site_cannot_ask(served: Served) -> None:
    """A browser sends text/plain to any address without asking; it must not be read as JSON."""
    headers = {"Content-Type": "text/plain"}
    answer = httpx.post(f"{served.url}/v1/classify", content=b'{"text": "a"}', headers=headers, trust_env=False)
    assert "Content-Type: application/json" in detail(answer, 422)


def test_unknown_paths_and_methods_point_to_the_description(served: Served) -> None:
    assert "/docs" in detail(served.get("/nowhere"), 404)
    assert "GET is not offered" in detail(served.get("/v1/classify"), 405)


def test_limits_of_texts_and_characters_say_how_to_go_on(classifier: Classifier, serve: Serve) -> None:
    served = serve(classifier, Limits(texts=3, characters=20, document_characters=200, explained_characters=30))
    assert served.post({"texts": ["a"] * 3}).status_code == 200
    assert "texts holds 4, at most 3 a request" in detail(served.post({"texts": ["a"] * 4}), 422)
    assert "text 1 has 21 characters, at most 20" in detail(served.post({"text": "a" * 21}), 422)
    assert "the context of text 1" in detail(served.post({"text": "a", "context": "a" * 21}), 422)
    assert "has 4 sentences, at most 3" in detail(served.post({"document": "We oppose it. " * 4}), 422)
    assert "has 210 characters, at most 200" in detail(served.post({"document": "We go. " * 30}), 422)
    assert "at most 30 characters are explained" in detail(served.post({"texts": ["a" * 16] * 2, "explain": True}), 422)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused_in_constant_memory(
    classifier: Classifier, serve: Serve, announced: bool
) -> None:
    served = serve(classifier, Limits(body_bytes=MEBIBYTE))
    served.post({"text": "a"})
    size = 64 * MEBIBYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def body() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(size // MEBIBYTE):
            yield b"a" * MEBIBYTE

    headers = {"Content-Type": "application/json"} | ({"Content-Length": str(size + 10)} if announced else {})
    answer = httpx.post(f"{served.url}/v1/classify", content=body(), headers=headers, timeout=60, trust_env=False)
    assert f"more than {MEBIBYTE:,} bytes" in detail(answer, 413)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 16 * 1024, f"{grown} KiB more at the peak"
    assert served.post({"text": "a"}).status_code == 200


def test_bodies_that_come_slowly_cannot_fill_the_memory(classifier: Classifier, serve: Serve) -> None:
    served = serve(classifier, Limits(body_bytes=MEBIBYTE, held_bytes=2 * MEBIBYTE))
    head = f"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {MEBIBYTE}"
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(4)]
    try:
        for each in slow:
            each.sendall(f"{head}\r\n\r\n".encode() + b" " * (MEBIBYTE - 1))
        # Which of them comes too late is the scheduler's choice.
        refused, _, _ = select.select(slow, [], [], 60)
        answer = refused[0].recv(4096).decode()
        assert " 429 " in answer.splitlines()[0]
        assert "retry-after: 2" in answer.lower()
    finally:
        for each in slow:
            each.close()
    assert served.post({"text": "a"}).status_code == 200


def test_a_full_queue_asks_to_come_back_and_keeps_what_it_took(
    held_classifier: Classifier, held: HeldScorer, serve: Serve
) -> None:
    served = serve(held_classifier, Limits(queue=3))
    first = served.posted({"text": "We oppose it."})
    held.wait()
    waiting = served.posted({"texts": ["a", "b", "c"]})
    served.wait_for("stance_queue_texts", 3)
    answer = served.post({"text": "d"})
    assert "3 texts wait already" in detail(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
    held.release()
    assert first.result(30).status_code == 200
    assert len(waiting.result(30).json()["predictions"]) == 3
    assert served.post({"text": "d"}).status_code == 200


def test_no_answer_in_time_is_said_and_the_server_goes_on(
    held_classifier: Classifier, held: HeldScorer, serve: Serve
) -> None:
    served = serve(held_classifier, Limits(timeout=2))
    answer = served.post({"texts": ["a"] * 100})
    assert "no answer within 2 s" in detail(answer, 503)
    assert int(answer.headers["retry-after"]) >= 1
    held.release()
    assert served.post({"text": "We oppose it."}).status_code == 200
    assert served.metric("stance_queue_texts") == 0


def test_a_body_that_never_ends_is_not_waited_for(classifier: Classifier, serve: Serve) -> None:
    served = serve(classifier, Limits(timeout=0.5))
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as slow:
        head = "POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        slow.sendall(head.encode())
        assert " 503 " in slow.recv(4096).decode().splitlines()[0]


def test_a_failure_of_the_model_is_no_secret_and_no_end(
    classifier: Classifier, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(classifier)
    with monkeypatch.context() as broken:
        broken.setattr(classifier, "classify", lambda items: 1 / 0)
        answer = served.post({"text": "confidential"})
        assert "the server failed" in detail(answer, 500)
        assert "confidential" not in json.dumps(answer.json())
    assert served.post({"text": "a"}).status_code == 200


def test_with_a_key_only_those_who_bring_it_are_answered(classifier: Classifier, serve: Serve) -> None:
    served = serve(classifier, api_key="sesame ä")
    right = {"Authorization": "Bearer sesame ä".encode()}
    for headers in ({}, {"Authorization": "Bearer sesame"}, {"Authorization": "sesame ä".encode()}):
        answer = served.post({"text": "a"}, headers=headers)
        assert "Authorization: Bearer KEY" in detail(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert served.get("/v1/model", headers=headers).status_code == 401
        assert served.get("/metrics", headers=headers).status_code == 401
    assert served.post({"text": "a"}, headers=right).status_code == 200
    assert served.get("/v1/model", headers=right).status_code == 200
    assert served.get("/healthz").status_code == 200
    assert served.get("/docs").status_code == 200


def test_without_the_key_no_body_is_read(classifier: Classifier, serve: Serve) -> None:
    served = serve(classifier, api_key="sesame")
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as stranger:
        stranger.sendall(b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        assert " 401 " in stranger.recv(4096).decode().splitlines()[0]


def test_a_refusal_repeats_nothing_of_the_text(served: Served) -> None:
    body: dict[str, Any] = {"texts": ["a", {"text": "confidential", "context": ["confidential"]}]}
    assert "confidential" not in detail(served.post(body), 422)
