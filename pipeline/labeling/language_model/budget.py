"""What a run has spent and may spend."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import LimitReachedError
from pipeline.settings.language_model import LanguageModelSettings

_REMEDY = "what was answered is kept; raise the limit and run again to go on"


@dataclass(slots=True)
class Budget:
    """Counts requests and tokens against the limits of `settings`."""

    settings: LanguageModelSettings
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def reserve(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Count one request to be sent; raises LimitReachedError where it might exceed a limit, before it is sent."""
        limits = self.settings
        if self.requests + 1 > limits.max_requests:
            raise LimitReachedError(f"max_requests={limits.max_requests} is reached; {_REMEDY}")
        prompt, answer = self.prompt_tokens + prompt_tokens, self.completion_tokens + completion_tokens
        if limits.max_total_tokens is not None and prompt + answer > limits.max_total_tokens:
            raise LimitReachedError(
                f"max_total_tokens={limits.max_total_tokens} is reached after "
                f"{self.prompt_tokens + self.completion_tokens} tokens; {_REMEDY}"
            )
        if limits.max_cost is not None and self._cost(prompt, answer) > limits.max_cost:
            raise LimitReachedError(f"max_cost={limits.max_cost:g} is reached after {self.cost():.4f}; {_REMEDY}")
        self.requests += 1

    def spend(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Count the tokens of an answer."""
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens

    def cost(self) -> float:
        """What the tokens so far cost by the prices set; 0 without prices."""
        return self._cost(self.prompt_tokens, self.completion_tokens)

    def _cost(self, prompt: int, answer: int) -> float:
        return (prompt * (self.settings.input_price or 0) + answer * (self.settings.output_price or 0)) / 1e6
