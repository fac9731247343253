"""Servers on free ports of this machine, run in a thread, and a scorer that can be held up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from pipeline.inference.classifier import Classifier
from pipeline.inference.transformer_scorer import TransformerScorer
from pipeline.serving.app import create_app
from pipeline.serving.limits import Limits


@dataclass
class Served:
    """A running server."""

    url: str
    port: int
    server: uvicorn.Server
    thread: threading.Thread

    def post(self, body: Any, **more: Any) -> httpx.Response:
        """Ask for a classification."""
        return httpx.post(f"{self.url}/v1/classify", json=body, timeout=30, trust_env=False, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask for anything else."""
        return httpx.get(f"{self.url}{path}", timeout=30, trust_env=False, **more)

    def posted(self, body: Any) -> Future[httpx.Response]:
        """Ask in the background."""
        return in_background(lambda: self.post(body))

    def metric(self, name: str) -> float:
        """The value of one line of the metrics."""
        lines = self.get("/metrics").text.splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))

    def wait_for(self, name: str, value: float) -> None:
        """Until the metric `name` has this value."""
        end = time.monotonic() + 30
        while (found := self.metric(name)) != value:
            assert time.monotonic() < end, f"{name} is {found}, not {value}"
            time.sleep(0.02)

    def stop(self) -> None:
        """Tell it to stop, as a signal would, and wait."""
        self.server.should_exit = True
        self.thread.join(timeout=30)


def in_background(function: Callable[[], httpx.Response]) -> Future[httpx.Response]:
    """The future result of `function`, run in a thread of its own."""
    future: Future[httpx.Response] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


class HeldScorer:
    """A scorer that computes a batch only for each `release`; `batches` tells the sizes of those that it was given."""

    def __init__(self, scorer: TransformerScorer) -> None:
        self.scorer, self.method, self.batches = scorer, scorer.method, list[int]()
        self._gate = threading.Semaphore(0)
        self.reached = threading.Semaphore(0)

    def prepare(self, texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str]) -> Any:
        return self.scorer.prepare(texts, contexts, targets)

    def probabilities(self, prepared: Any, batch_size: int) -> Any:
        self.batches.append(len(prepared))
        self.reached.release()
        assert self._gate.acquire(timeout=30)
        return self.scorer.probabilities(prepared, batch_size)

    def explain(self, text: str, context: str, labels: Any, target: str = "") -> Any:
        return self.scorer.explain(text, context, labels, target)

    def wait(self) -> None:
        """Until the next batch has come."""
        assert self.reached.acquire(timeout=30)

    def release(self, batches: int = 1000) -> None:
        """Let this many batches pass."""
        self._gate.release(batches)


@contextmanager
def running(classifier: Classifier, limits: Limits, **options: Any) -> Iterator[Served]:
    """A server around `classifier`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = create_app(classifier, limits, **options)
        server = uvicorn.Server(uvicorn.Config(app, lifespan="on", ws="none", log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        port = listening.getsockname()[1]
        served = Served(f"http://127.0.0.1:{port}", port, server, thread)
        try:
            yield served
        finally:
            served.stop()
