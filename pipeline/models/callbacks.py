"""What watches a training run: which weights are kept, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""
AVERAGE_EVERY = 5
"""Steps between two weights that enter the mean."""


class KeepBest(TrainerCallback):
    """Keeps the trainable weights of the best evaluation in memory and stops `patience` evaluations after it.

    Best is the lowest log-loss. On the hundred sentences of a development part it is far steadier than macro-F1, where
    one sentence of a rare label moves the score by several points.
    """

    def __init__(self, model: nn.Module, patience: int) -> None:
        self.model = model
        self.patience = patience
        self.losses: list[float] = []
        self.state: dict[str, Tensor] = {}

    @property
    def best_epoch(self) -> int:
        """Epoch of the lowest log-loss, counting from 1; 0 before any evaluation."""
        return self.losses.index(min(self.losses)) + 1 if self.losses else 0

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **extra: Any) -> None:
        """Compare the evaluation just made with the best so far."""
        self.losses.append(float(extra["metrics"]["eval_log_loss"]))
        if self.best_epoch == len(self.losses):
            named = self.model.named_parameters()
            self.state = {name: value.detach().clone() for name, value in named if value.requires_grad}
        elif len(self.losses) - self.best_epoch >= self.patience:
            control.should_training_stop = True

    def restore(self) -> None:
        """Put the best weights back into the model."""
        with torch.no_grad():
            for name, value in self.model.named_parameters():
                if name in self.state:
                    value.copy_(self.state[name])


class AverageWeights(TrainerCallback):
    """Keeps the running mean of the trainable weights over the last `share` of the steps (Izmailov et al. 2018).

    On few sentences single epochs differ by points that no development part of a hundred sentences can tell apart; the
    mean needs no such choice, and so no epoch is chosen.
    """

    def __init__(self, model: nn.Module, share: float) -> None:
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.share = share
        self.means: list[Tensor] = []
        self.count = 0

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **extra: Any) -> None:
        """Take the weights into the mean, every few steps: neighbouring ones hardly differ."""
        if state.global_step <= (1.0 - self.share) * state.max_steps or state.global_step % AVERAGE_EVERY:
            return
        self.count += 1
        with torch.no_grad():
            if not self.means:
                self.means = [parameter.detach().clone() for parameter in self.parameters]
            for mean, parameter in zip(self.means, self.parameters, strict=True):
                mean += (parameter - mean) / self.count

    def restore(self) -> None:
        """Put the mean into the model; where training was too short for one, the last weights stay."""
        with torch.no_grad():
            for mean, parameter in zip(self.means, self.parameters, strict=False):
                parameter.copy_(mean)


class ReportProgress(TrainerCallback):
    """Hands the step count to a function after every step."""

    def __init__(self, report: Progress, name: str) -> None:
        self.report = report
        self.name = name

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **extra: Any) -> None:
        """Report the step just taken."""
        self.report(state.global_step, state.max_steps, self.name)
