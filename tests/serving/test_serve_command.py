"""`stance serve` as it is used in a shell: start, one line for what is wrong, and an orderly end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from local_server import HeldScorer, Served

from pipeline.inference.classifier import Classifier
from pipeline.serving.command import KEY_VARIABLE, main

ROOT = Path(__file__).parents[2]


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    line = [sys.executable, "-m", "pipeline.cli", "serve", "--port", "0", *arguments]
    process = subprocess.Popen(
        line,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = ""
        for said in process.stdout:
            if found := re.search(r" at (http://\S+)", said):
                address = found[1]
            if "startup complete" in said:
                break
        assert address.startswith("http://127.0.0.1:")
        yield process, address
    finally:
        process.kill()
        process.wait(timeout=30)


def test_it_answers_and_ends_when_told_to(model: Path) -> None:
    with started("--model", str(model), "--log-texts") as (process, address):
        answer = httpx.post(f"{address}/v1/classify", json={"text": "We oppose it."}, timeout=30, trust_env=False)
        assert answer.json()["predictions"][0]["stance"]["label"] == "against"
        process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    assert log.count("We oppose it.") == 1
    assert "POST /v1/classify" in log
    assert "Traceback" not in log


def test_the_key_is_asked_for_texts_are_not_logged_and_ctrl_c_is_no_error(model: Path) -> None:
    with started("--model", str(model), **{KEY_VARIABLE: "sesame"}) as (process, address):
        url, body = f"{address}/v1/classify", {"text": "We oppose it."}
        assert httpx.post(url, json=body, timeout=30, trust_env=False).status_code == 401
        key = {"Authorization": "Bearer sesame"}
        assert httpx.post(url, json=body, headers=key, timeout=30, trust_env=False).status_code == 200
        wrong = {"text": ["We oppose it."]}
        assert httpx.post(url, json=wrong, headers=key, timeout=30, trust_env=False).status_code == 422
        process.send_signal(signal.SIGINT)
        log, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "POST /v1/classify" in log
    assert "oppose" not in log
    assert "Traceback" not in log


def accepts(served: Served) -> bool:
    try:
        return served.get("/healthz").is_success
    except httpx.TransportError:
        return False


def test_what_was_taken_is_finished_and_nothing_new_is_taken(
    held_classifier: Classifier, held: HeldScorer, serve: Callable[..., Served]
) -> None:
    served = serve(held_classifier)
    answers = [served.posted({"text": "We oppose it."})]
    held.wait()
    answers.append(served.posted({"texts": ["We support it."] * 100}))
    served.wait_for("stance_queue_texts", 100)
    served.server.should_exit = True
    while accepts(served):
        time.sleep(0.02)
    held.release()
    assert [answer.result(30).status_code for answer in answers] == [200, 200]
    served.thread.join(timeout=30)
    assert not served.thread.is_alive()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "nowhere"], "nowhere holds no model"),
        (["--port", "70000"], "--port is 70000"),
        (["--host", "192.0.2.1"], "give an address of this machine with --host"),
        (["--host", "no such host"], "cannot listen on no such host"),
        (["--max-queue", "0"], "queue is 0, it must be at least 1"),
        (["--timeout", "nan"], "timeout is nan"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    port = [] if "--port" in arguments else ["--port", "0"]
    assert main([*arguments, *port]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert len(error.splitlines()) == 1


def test_a_port_in_use_is_one_line(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert main(["--model", str(model), "--port", port]) == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in capsys.readouterr().err


def test_an_empty_key_is_no_key(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, " ")
    assert main(["--model", str(model), "--port", "0"]) == 2
    assert f"{KEY_VARIABLE} is empty" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["uvicorn", "fastapi_offline", "prometheus_client"])
def test_without_the_extra_it_says_how_to_get_it(
    missing: str, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [name for name in sys.modules if name.startswith("pipeline.serving.") and "command" not in name]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["--model", str(model), "--port", "0"]) == 2
    error = capsys.readouterr().err
    assert f"needs the package {missing}" in error
    assert "pip install 'stance-pipeline[serve]'" in error
    assert len(error.splitlines()) == 1
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "--max-queue" in capsys.readouterr().out
