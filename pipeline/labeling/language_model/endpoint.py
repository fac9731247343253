"""An OpenAI-compatible endpoint over HTTP: paced, retried, within its budget, and never following a redirect."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pipeline.errors import EndpointError
from pipeline.labeling.language_model.answers import Completion
from pipeline.labeling.language_model.budget import Budget
from pipeline.labeling.language_model.prompt import Messages
from pipeline.settings.language_model import LanguageModelSettings

_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_UNSUPPORTED = frozenset({400, 404, 422})
_LARGEST = 4 << 20
_BYTES_PER_TOKEN = 3
"""English has four and more: a limit is checked with the cautious figure, the bill with the counted tokens."""


@dataclass(frozen=True, slots=True)
class _Response:
    """Status 0 stands for no answer at all, told in `text`."""

    status: int
    text: str
    retry_after: str = ""


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Endpoint:
    """Asks one question at a time; `sleep` and `clock` are the real ones outside of tests."""

    def __init__(
        self,
        settings: LanguageModelSettings,
        key: str,
        budget: Budget,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._key, self._budget = settings, key, budget
        self._sleep, self._clock = sleep, clock
        self._url = f"{settings.base_url.rstrip('/')}/chat/completions"
        self._opener = build_opener(_NoRedirect)
        self._next = clock()
        self._schema_supported = True

    def complete(self, messages: Messages, schema: Mapping[str, Any]) -> Completion:
        """The model's answer to `messages`.

        The answer is asked to follow `schema` unless the endpoint has shown that it does not know how. Busy or broken
        answers are asked for again with growing pauses, or when the endpoint says. Raises EndpointError where that does
        not help, LimitReachedError before a request that might exceed a limit.
        """
        prompt = sum(len(message["content"].encode()) for message in messages) // _BYTES_PER_TOKEN
        answer = self._settings.answer_tokens
        attempt = 0
        while True:
            self._budget.reserve(prompt, answer)
            self._pace()
            response = self._post(self._body(messages, schema))
            problem = f"answered {response.status}: {response.text}" if response.status else response.text
            if response.status == 200:
                try:
                    completion = Completion.of(json.loads(response.text), prompt, answer)
                except (ValueError, RecursionError) as error:
                    self._budget.spend(prompt, answer)  # Broken on the way, but perhaps billed.
                    problem = f"gave a broken answer: {error}"
                else:
                    self._budget.spend(completion.prompt_tokens, completion.completion_tokens)
                    return completion
            elif self._schema_supported and _refuses_schema(response):
                self._schema_supported = False
                continue
            elif response.status and response.status not in _TRANSIENT:
                raise EndpointError(
                    f"{self._url} {self._readable(problem)}; correct the settings of the language model"
                )
            if attempt >= self._settings.retries:
                raise EndpointError(
                    f"{self._url} {self._readable(problem)}, {attempt + 1} times in a row; run again later to go on"
                )
            self._sleep(self._pause(attempt, response))
            attempt += 1

    def _body(self, messages: Messages, schema: Mapping[str, Any]) -> bytes:
        body: dict[str, Any] = {"model": self._settings.model, "messages": messages, **self._settings.parameters}
        if self._schema_supported:
            wanted = {"name": "labels", "strict": True, "schema": dict(schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return json.dumps(body, ensure_ascii=False).encode()

    def _post(self, body: bytes) -> _Response:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "stance-pipeline"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = Request(self._url, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._settings.timeout) as stream:
                return _Response(int(stream.status), _text(stream.read(_LARGEST)))
        except HTTPError as error:
            with error:
                return _Response(error.code, _text(error.read(_LARGEST)), error.headers.get("Retry-After") or "")
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            return _Response(0, f"cannot be reached ({str(reason) or type(reason).__name__})")

    def _pace(self) -> None:
        """Wait until the next request may start."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + 60.0 / self._settings.requests_per_minute

    def _pause(self, attempt: int, response: _Response) -> float:
        """Seconds before the next attempt: as the endpoint says, else doubling from one second, with full jitter.

        Brooker, "Exponential Backoff And Jitter" (2015).
        """
        longest = self._settings.max_wait
        asked = _seconds(response.retry_after)
        if asked is None:
            return random.uniform(0.0, min(longest, 2.0**attempt))
        if asked > longest:
            raise EndpointError(
                f"{self._url} asks to wait {asked:.0f} s, longer than max_wait={longest:g}; run again then to go on"
            )
        return asked

    def _readable(self, text: str) -> str:
        """One short line of `text` that never shows the key."""
        line = " ".join(text.split())
        return (line.replace(self._key, "[key]") if self._key else line)[:300]


def _refuses_schema(response: _Response) -> bool:
    text = response.text.lower()
    return response.status in _UNSUPPORTED and ("response_format" in text or "json_schema" in text)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _seconds(retry_after: str) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; None where it says nothing readable."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
