"""One encoder, one linear head a task, and the loss that trains them together."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel

from pipeline.models.encoder import takes_segments

IGNORED = -100
"""Label index of a sentence that has no label for a task; it does not enter that task's loss."""


class MultiTaskClassifier(nn.Module):
    """Maps token ids to one tensor of logits a task, shape (batch, labels), in task order."""

    encoder: PreTrainedModel

    def __init__(self, encoder: PreTrainedModel, label_counts: Sequence[int], pooling: str, dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.pooling = pooling
        self.segments = takes_segments(encoder)
        self.dropout = nn.Dropout(dropout)
        heads = [nn.Linear(encoder.config.hidden_size, count) for count in label_counts]
        for head in heads:
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        self.heads = nn.ModuleList(heads)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Logits a task; all inputs have shape (batch, tokens)."""
        vectors = self.dropout(self.vectors(input_ids, attention_mask, token_type_ids))
        return tuple(head(vectors) for head in self.heads)

    def vectors(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """What the heads read, shape (batch, hidden size), before dropout; inputs as for `forward`."""
        extra = {"token_type_ids": token_type_ids} if self.segments and token_type_ids is not None else {}
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **extra).last_hidden_state
        return self._pool(states, attention_mask)

    def begin_heads(self, prototypes: Sequence[Tensor]) -> None:
        """Let the heads begin as `prototypes`, one a task of shape (labels, hidden size), and their biases as 0."""
        for head, rows in zip(self.heads, prototypes, strict=True):
            head.load_state_dict({"weight": rows, "bias": torch.zeros(len(rows))})

    def _pool(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        if self.pooling == "cls":
            return states[:, 0]
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        return (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1.0)

    def freeze(self, embeddings: bool, layers: int) -> None:
        """Keep the word vectors (`embeddings`), or everything below and including the first `layers` layers, fixed.

        Word vectors are more than half of a small encoder's weights, and most of an optimizer step's cost.
        """
        for name, parameter in self.named_parameters():
            depth = layer_depth(name, self.depth)
            parameter.requires_grad_(layers == 0 or depth > layers)
        if embeddings:
            self.encoder.get_input_embeddings().weight.requires_grad_(False)

    @property
    def depth(self) -> int:
        """Number of layers of the encoder."""
        return int(self.encoder.config.num_hidden_layers)


def layer_depth(parameter: str, depth: int) -> int:
    """Height of a named parameter: 0 for embeddings, 1 to `depth` for the layers, `depth` + 1 for the heads."""
    if not parameter.startswith("encoder."):
        return depth + 1
    found = re.search(r"\.(?:layers?|h)\.(\d+)\.", parameter)
    if found:
        return int(found.group(1)) + 1
    return 0 if "embeddings" in parameter else depth


class MultiTaskLoss:
    """Weighted sum over tasks of the mean cross-entropy of the sentences that carry a label for the task.

    `class_weights` holds one tensor of shape (labels,) a task.
    """

    def __init__(self, class_weights: Sequence[Tensor], task_weights: Sequence[float], smoothing: float) -> None:
        self.class_weights = list(class_weights)
        self.task_weights = list(task_weights)
        self.smoothing = smoothing

    def __call__(self, logits: Sequence[Tensor], labels: Tensor, importance: Tensor) -> Tensor:
        """Scalar loss for logits a task and label indices of shape (batch, tasks), IGNORED where there is none.

        `importance`, shape (batch, tasks), weighs each label within its task's mean.
        """
        total = logits[0].new_zeros(())
        for position, (scores, weights, scale) in enumerate(
            zip(logits, self.class_weights, self.task_weights, strict=True)
        ):
            target = labels[:, position]
            known = target != IGNORED
            if scale == 0.0 or not bool(known.any()):
                continue
            weights = weights.to(device=scores.device, dtype=scores.dtype)
            losses = functional.cross_entropy(
                scores[known], target[known], weight=weights, label_smoothing=self.smoothing, reduction="none"
            )
            shares = importance[known, position]
            total = total + scale * (shares * losses).sum() / (shares * weights[target[known]]).sum()
        return total


def balanced_weights(counts: Sequence[float], power: float) -> Tensor:
    """Weights (labels,) of inverse frequency raised to `power` in [0, 1], scaled so that a mean sentence weighs 1.

    A label that never occurs weighs as one that occurs once.
    """
    frequency = torch.tensor([max(float(count), 1.0) for count in counts])
    weights = (frequency.sum() / (len(frequency) * frequency)) ** power
    return weights * frequency.sum() / (weights * frequency).sum()
