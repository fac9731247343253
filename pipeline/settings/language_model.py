"""Settings of a language model that annotates, reached over HTTP."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from pipeline.errors import ConfigError
from pipeline.settings.checks import check_range

ANSWER_LIMITS = ("max_tokens", "max_completion_tokens")
"""Names that endpoints have for the most tokens of an answer."""
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass
class LanguageModelSettings:
    """Which model to ask, how, and how much it may cost.

    `base_url` is what comes before `/chat/completions`; empty means that no model is configured, and nothing is sent.
    `api_key_env` names the environment variable with the key, empty for an endpoint without one. `context` counts the
    sentences shown before the one to label. `parameters` go into each request as they are; one of ANSWER_LIMITS must be
    among them. `max_requests`, `max_total_tokens` and `max_cost` limit one run, repeated attempts included (None: no
    limit); prices are for a million tokens in the currency of `max_cost`. `timeout` and `max_wait` are in seconds:
    how long an answer may take, and the longest pause before another attempt. Answers are kept in the folder `cache`.
    """

    base_url: str = ""
    model: str = ""
    api_key_env: str = ""
    context: int = 2
    parameters: dict[str, Any] = field(default_factory=lambda: {"temperature": 0, "max_tokens": 200})
    max_requests: int = 1000
    max_total_tokens: int | None = None
    max_cost: float | None = None
    input_price: float | None = None
    output_price: float | None = None
    requests_per_minute: float = 60.0
    timeout: float = 60.0
    retries: int = 5
    max_wait: float = 60.0
    cache: str = ".language_model_cache"

    def __post_init__(self) -> None:
        check_range("context", self.context, 0, 50)
        check_range("max_requests", self.max_requests, 1)
        check_range("requests_per_minute", self.requests_per_minute, 0.01)
        check_range("timeout", self.timeout, 0.01)
        check_range("retries", self.retries, 0, 100)
        check_range("max_wait", self.max_wait, 0)
        for name in ("max_total_tokens", "max_cost", "input_price", "output_price"):
            value = getattr(self, name)
            if value is not None:
                check_range(name, value, 0)
        if self.max_cost is not None and (self.input_price is None or self.output_price is None):
            raise ConfigError("max_cost needs input_price and output_price, for a million tokens each")
        self._check_url()
        if reserved := [name for name in ("model", "messages", "response_format", "stream") if name in self.parameters]:
            raise ConfigError(f"parameters.{reserved[0]} is set by the annotator; remove it")
        limit = self.answer_tokens
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise ConfigError(f"parameters need one of {', '.join(ANSWER_LIMITS)} as a whole number, to limit the cost")

    @property
    def answer_tokens(self) -> int:
        """The most tokens that an answer may have."""
        limit: int = next((self.parameters[name] for name in ANSWER_LIMITS if name in self.parameters), 0)
        return limit

    def require_configured(self, path: Path) -> None:
        """Raise ConfigError unless `path` names an endpoint and a model."""
        for name in ("base_url", "model"):
            if not getattr(self, name):
                raise ConfigError(f"no language model is configured: {name} is empty in {path}; nothing was sent")

    def key(self) -> str:
        """The key from the environment, empty where none is needed; raises ConfigError, never showing a key."""
        if not self.api_key_env:
            return ""
        key = os.environ.get(self.api_key_env, "").strip()
        if not key:
            raise ConfigError(f"the environment variable {self.api_key_env} is empty; put the key of {self.host} there")
        if not all("!" <= character <= "~" for character in key):
            raise ConfigError(
                f"the environment variable {self.api_key_env} holds no key (blanks or strange characters)"
            )
        if urlsplit(self.base_url).scheme == "http" and self.host not in _LOCAL:
            raise ConfigError(f"base_url {self.base_url} would carry the key unencrypted; use https")
        return key

    @property
    def host(self) -> str:
        """Host of the endpoint."""
        return urlsplit(self.base_url).hostname or ""

    def _check_url(self) -> None:
        if not self.base_url:
            return
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ConfigError(f"base_url {self.base_url!r} is no address such as https://host/v1")
        if parts.username or parts.password:
            raise ConfigError("base_url holds a user or a password; keys come from the environment (api_key_env)")


def read_language_model_settings(path: Path) -> LanguageModelSettings:
    """The settings in the YAML file `path`; raises ConfigError naming the file for what does not fit."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name a file with --config") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is no YAML ({' '.join(str(error).split())}); mend it") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: holds no settings; it needs base_url and model")
    if "parameters" in raw:  # They are replaced as a whole: an endpoint may not know a default one.
        given = raw.pop("parameters")
        if not isinstance(given, dict):
            raise ConfigError(f"{path}: parameters is {given!r}; give names and values")
    else:
        given = None
    schema = OmegaConf.structured(LanguageModelSettings)
    if given is not None:
        schema.parameters = given
    try:
        settings = OmegaConf.to_object(OmegaConf.merge(schema, raw))
    except OmegaConfBaseException as error:
        place = f"{error.full_key}: " if error.full_key else ""
        raise ConfigError(f"{path}: {place}{str(error).splitlines()[0].rstrip('.')}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    assert isinstance(settings, LanguageModelSettings)
    return settings
