"""What stands around every request: time limit, key, memory, headers, counting. Plain ASGI, outermost last."""

from __future__ import annotations

import asyncio
import hmac
import time
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serving.limits import Limits
from pipeline.serving.metrics import Metrics
from pipeline.serving.problems import Refusal, problem

_OPEN_PATHS = ("/", "/healthz", "/docs", "/openapi.json")
_OPEN_PREFIXES = ("/page/", "/static-offline-docs/")
"""Paths that need no key: they tell nothing of a text or the traffic, and of the model only its tasks."""
_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
# Swagger UI needs an inline script and inline styles; it shows nothing but our own OpenAPI document.
_DOCS = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class ApiKey:
    """Asks for `Authorization: Bearer KEY`, before anything of the body is read."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app, self._expected = app, f"bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http" or self._allows(scope):
            await self.app(scope, receive, send)
            return
        detail = "this server asks for a key; send it in the header Authorization: Bearer KEY"
        await problem(401, detail, {"WWW-Authenticate": "Bearer"})(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        path = scope["path"]
        if path in _OPEN_PATHS or path.startswith(_OPEN_PREFIXES):
            return True
        scheme, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
        given = b" ".join(part.strip(" \t").encode("latin-1") for part in (scheme.lower(), key))
        return hmac.compare_digest(given, self._expected)


class Bodies:
    """Bounds the bytes of a body, as announced and as they come in, and of the bodies of all requests together.

    (FastAPI's own `max_body_size` answers an announced size in plain text.)
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self._limits, self._held = app, limits, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isascii() and announced.isdecimal() and int(announced) > self._limits.body_bytes:
            await problem(413, self._too_large())(scope, receive, send)
            return
        own = 0

        async def counted() -> Message:
            nonlocal own
            message = await receive()
            size = len(message.get("body", b""))
            own += size
            self._held += size
            if own > self._limits.body_bytes:
                raise Refusal(413, self._too_large())
            if self._held > self._limits.held_bytes:
                raise Refusal(429, "other requests fill the server's memory; send the request again in 2 s", 2)
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self._held -= own

    def _too_large(self) -> str:
        return f"the body has more than {self._limits.body_bytes:,} bytes; send it in several requests"


class Deadline:
    """Gives a request `timeout` seconds, a slow sender's body included."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self._timeout = app, limits.timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, for as long as there is time."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._timeout):
                await self.app(scope, receive, noted)
        except TimeoutError:
            if started:
                raise
            detail = f"no answer within {self._timeout:g} s; send fewer texts a request, or the same again later"
            await problem(503, detail, {"Retry-After": "5"})(scope, receive, send)


class SecurityHeaders:
    """Lets a browser load nothing from elsewhere, guess no type, and frame nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers added to the answer."""
        policy = _DOCS if scope.get("path") == "/docs" else _STRICT

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, headed)


class Observed:
    """Counts answers and their time."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), int(HTTPStatus.INTERNAL_SERVER_ERROR)

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.in_progress.track_inprogress():
            try:
                await self.app(scope, receive, noted)
            finally:
                self._metrics.answered(scope["path"], status, time.perf_counter() - began)
