"""The HTTP side of a language model as annotator: pauses, attempts, limits, and a key that never shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from language_model_server import FakeEndpoint, answer, error, labels, raw, slow

from pipeline.errors import ConfigError, EndpointError, LimitReachedError
from pipeline.labeling.language_model.budget import Budget
from pipeline.labeling.language_model.endpoint import Endpoint
from pipeline.settings.language_model import LanguageModelSettings

MESSAGES = [{"role": "system", "content": "Label."}, {"role": "user", "content": "We object."}]
SCHEMA = {"type": "object"}
KEY = "sk-very-secret"


@pytest.fixture
def fake() -> Iterator[FakeEndpoint]:
    endpoint = FakeEndpoint()
    yield endpoint
    endpoint.close()


class Asking:
    """An endpoint whose pauses are noted instead of slept."""

    def __init__(self, url: str, key: str = "", **settings: Any) -> None:
        given = LanguageModelSettings(base_url=url, model="tiny", **{"requests_per_minute": 1e9, **settings})
        self.pauses: list[float] = []
        self.budget = Budget(given)
        self.endpoint = Endpoint(given, key, self.budget, sleep=self.pauses.append, clock=lambda: sum(self.pauses))

    def ask(self) -> str | None:
        return self.endpoint.complete(MESSAGES, SCHEMA).content


@pytest.fixture
def asking(fake: FakeEndpoint) -> Callable[..., Asking]:
    return lambda **settings: Asking(fake.url, **settings)


def test_asks_as_the_protocol_has_it(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    one = asking(key=KEY, parameters={"temperature": 0, "max_tokens": 50})
    fake.script.append(labels(stance="favor"))
    assert one.ask() == '{"stance": "favor"}'
    assert fake.paths == ["/v1/chat/completions"]
    assert fake.headers[0]["Authorization"] == f"Bearer {KEY}"
    sent = fake.requests[0]
    assert (sent["model"], sent["messages"], sent["max_tokens"]) == ("tiny", MESSAGES, 50)
    assert sent["response_format"]["json_schema"] == {"name": "labels", "strict": True, "schema": SCHEMA}
    assert (one.budget.prompt_tokens, one.budget.completion_tokens) == (100, 10)


def test_waits_as_long_as_a_busy_endpoint_says(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    fake.script.extend([error(429, Retry_After="7"), error(503, Retry_After=later), answer("fine")])
    one = asking()
    assert one.ask() == "fine"
    assert one.pauses[0] == 7.0
    assert 25.0 < one.pauses[1] <= 30.0


def test_does_not_wait_for_hours(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.script.append(error(429, Retry_After="7200"))
    with pytest.raises(EndpointError, match="asks to wait 7200 s, longer than max_wait=60"):
        asking().ask()


def test_asks_again_after_server_errors_and_broken_answers(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.script.extend([error(500), raw(b"<html>oops"), raw(b'{"choices": []}'), answer("fine")])
    one = asking()
    assert one.ask() == "fine"
    assert len(fake.requests) == one.budget.requests == 4
    assert all(0.0 <= pause <= 2.0**attempt for attempt, pause in enumerate(one.pauses))


def test_gives_up_in_one_line_that_does_not_show_the_key(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.default = error(500, f"crashed\nwhile serving {KEY}")
    with pytest.raises(EndpointError) as caught:
        asking(key=KEY, retries=2).ask()
    assert "3 times in a row" in str(caught.value)
    assert len(fake.requests) == 3
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_refused_key_is_not_tried_again(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.default = error(401, f"Incorrect API key provided: {KEY}")
    with pytest.raises(EndpointError, match=r"answered 401.*\[key\]"):
        asking(key=KEY).ask()
    assert len(fake.requests) == 1


def test_a_redirect_is_not_followed(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.default = raw(b"", 307, Location=f"{fake.url}/elsewhere")
    with pytest.raises(EndpointError, match="answered 307"):
        asking(key=KEY).ask()
    assert fake.paths == ["/v1/chat/completions"]


def test_a_silent_endpoint_times_out(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.script.extend([slow(0.5), answer("fine")])
    one = asking(timeout=0.1)
    assert one.ask() == "fine"
    fake.default = slow(0.5)
    with pytest.raises(EndpointError, match=r"cannot be reached.*timed out"):
        asking(timeout=0.1, retries=0).ask()


def test_an_unreachable_endpoint_is_named(fake: FakeEndpoint) -> None:
    fake.close()
    with pytest.raises(EndpointError, match=r"127\.0\.0\.1.*cannot be reached"):
        Asking(fake.url, retries=1).ask()


def test_an_endpoint_without_schemas_is_asked_without_them(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.script.append(error(400, "Unrecognized request argument: response_format"))
    fake.default = answer("fine")
    one = asking()
    assert [one.ask(), one.ask()] == ["fine", "fine"]
    assert ["response_format" in sent for sent in fake.requests] == [True, False, False]
    assert max(one.pauses) < 0.001


def test_requests_are_spread_over_the_minute(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.default = answer("fine")
    one = asking(requests_per_minute=30)
    for _ in range(3):
        one.ask()
    assert one.pauses == [2.0, 2.0]


@pytest.mark.parametrize(
    ("limits", "requests"),
    [
        ({"max_requests": 2}, 2),
        # A request may take 6 prompt and 200 answer tokens; an answer takes 110.
        ({"max_total_tokens": 400}, 2),
        ({"max_cost": 0.0004, "input_price": 1.0, "output_price": 1.0}, 2),
    ],
)
def test_stops_before_a_limit_is_exceeded(
    fake: FakeEndpoint, asking: Callable[..., Asking], limits: dict[str, Any], requests: int
) -> None:
    fake.default = answer("fine")
    one = asking(**limits)
    for _ in range(requests):
        one.ask()
    with pytest.raises(LimitReachedError, match=f"{next(iter(limits))}=.* is reached"):
        one.ask()
    assert len(fake.requests) == requests


def test_attempts_that_fail_count_as_requests(fake: FakeEndpoint, asking: Callable[..., Asking]) -> None:
    fake.default = error(500)
    with pytest.raises(LimitReachedError):
        asking(max_requests=3, retries=10).ask()
    assert len(fake.requests) == 3


def test_an_answer_without_usage_counts_with_the_cautious_figures(
    fake: FakeEndpoint, asking: Callable[..., Asking]
) -> None:
    fake.default = answer("fine", usage=False)
    one = asking()
    one.ask()
    assert (one.budget.prompt_tokens, one.budget.completion_tokens) == (5, 200)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"base_url": "file:///etc/passwd"}, "is no address"),
        ({"base_url": "https://me:secret@host/v1"}, "holds a user or a password"),
        ({"max_cost": 1.0}, "needs input_price and output_price"),
        ({"parameters": {"temperature": 0}}, "need one of max_tokens, max_completion_tokens"),
        ({"parameters": {"max_tokens": 5, "stream": True}}, "parameters.stream is set by the annotator"),
        ({"requests_per_minute": 0}, "requests_per_minute=0 is out of range"),
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LanguageModelSettings(**given)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_key_comes_from_the_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = LanguageModelSettings(base_url="https://host/v1", model="tiny", api_key_env="TINY_KEY")
    with pytest.raises(ConfigError, match="TINY_KEY is empty"):
        settings.key()
    monkeypatch.setenv("TINY_KEY", f" {KEY}\n")
    assert settings.key() == KEY
    monkeypatch.setenv("TINY_KEY", f"{KEY}\nInjected: header")
    with pytest.raises(ConfigError) as caught:
        settings.key()
    assert KEY not in str(caught.value)
    monkeypatch.setenv("TINY_KEY", KEY)
    with pytest.raises(ConfigError, match="unencrypted"):
        LanguageModelSettings(base_url="http://host/v1", model="tiny", api_key_env="TINY_KEY").key()
