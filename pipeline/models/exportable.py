"""The network in the form in which it is exported to ONNX."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.models.multitask import MultiTaskClassifier

OPSET = 20
"""The first with an operation for GELU, which engines compute faster than the five that it replaces."""


class Exportable(nn.Module):
    """A network that pools and judges each sentence by itself, so that no logit depends on the company of a sentence.

    ONNX Runtime adds up the vectors of a sole sentence in another order than those of several, and multiplies one row
    in another than several rows; the last bits differ. Batched products of one row each are the same for all. (They
    replace sums of products, which OpenVINO gets wrong for several sentences.)
    """

    def __init__(self, network: MultiTaskClassifier, inputs: Sequence[str]) -> None:
        super().__init__()
        copied = copy.deepcopy(network).eval()
        copied.encoder.set_attn_implementation("eager")
        self.inputs, self.pooling = list(inputs), network.pooling
        self.encoder = copied.encoder
        self.heads = nn.ModuleList(RowwiseLinear(head) for head in copied.heads)

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Logits a task from the named inputs in order."""
        given = dict(zip(self.inputs, tensors, strict=True))
        states: Tensor = self.encoder(**given).last_hidden_state
        vector = states[:, 0] if self.pooling == "cls" else _mean(states, given["attention_mask"])
        return tuple(head(vector) for head in self.heads)


class RowwiseLinear(nn.Module):
    """A linear layer, each row of its input multiplied by itself."""

    def __init__(self, linear: Any) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias

    def forward(self, vector: Tensor) -> Tensor:
        """From shape (rows, inputs) to (rows, outputs)."""
        weight = self.weight.t().unsqueeze(0).expand(vector.shape[0], -1, -1)
        product: Tensor = torch.bmm(vector.unsqueeze(1), weight).squeeze(1) + self.bias
        return product


def _mean(states: Tensor, attention_mask: Tensor) -> Tensor:
    mask = attention_mask.to(states.dtype)
    return torch.bmm(mask.unsqueeze(1), states).squeeze(1) / mask.sum(dim=1, keepdim=True).clamp(min=1.0)


def write_fp32(network: MultiTaskClassifier, path: Path, inputs: Sequence[str], tasks: Sequence[str]) -> None:
    """Write the fp32 form to `path`, its weights beside it into a file of the same name with `.data` added."""
    example = tuple(torch.ones((2, 7), dtype=torch.int64) for _ in inputs)
    axes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    torch.onnx.export(
        Exportable(network, inputs).eval(),
        example,
        path,
        dynamo=True,
        verbose=False,
        opset_version=OPSET,
        external_data=True,
        input_names=list(inputs),
        output_names=list(tasks),
        dynamic_shapes=(tuple(axes for _ in inputs),),
    )
