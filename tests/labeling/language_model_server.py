"""A small fake of an OpenAI-compatible endpoint, over real HTTP on localhost."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]


def answer(content: str | None, finish: str = "stop", refusal: str | None = None, usage: bool = True) -> Reply:
    """A chat completion with `content`, of 100 prompt and 10 answer tokens."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "tiny-2026-01-01",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if usage:
        body["usage"] = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return raw(json.dumps(body).encode())


def labels(**given: Any) -> Reply:
    return answer(json.dumps(given))


def raw(body: bytes, status: int = 200, **headers: str) -> Reply:
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def error(status: int, message: str = "no", **headers: str) -> Reply:
    return raw(json.dumps({"error": {"message": message}}).encode(), status, **headers)


def slow(seconds: float) -> Reply:
    def reply(_: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        time.sleep(seconds)
        return 200, {}, b"{}"

    return reply


class FakeEndpoint:
    """Serves `script` in order, then `default`; `requests` are the bodies, `headers` the headers received."""

    def __init__(self) -> None:
        self.script: deque[Reply] = deque()
        self.default: Reply = labels(stance="against", length="short")
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.paths.append(self.path)
                fake.requests.append(body)
                fake.headers.append(dict(self.headers))
                status, headers, content = (fake.script.popleft() if fake.script else fake.default)(body)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except ConnectionError:
                    pass  # The client has given up.

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
