"""What computes the logits of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ArtifactError
from pipeline.inference.encoding import Batch
from pipeline.inference.runtime import SLOW_FUSIONS, onnxruntime


class Engine(Protocol):
    """Computes logits; safe to call from several threads at once."""

    def logits(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """Logits of each task, shape (texts, labels)."""
        ...


class OnnxEngine:
    """ONNX Runtime with one thread a call: batches run side by side, which wastes less than sharing one batch does."""

    def __init__(self, model: Path, inputs: Sequence[str], tasks: Sequence[str]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
            )
        except Exception as error:  # ONNX Runtime's errors share no other base
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ArtifactError(f"{model} is no usable ONNX model ({reason}); train the model again") from error
        found = [output.name for output in self._session.get_outputs()]
        if missing := [task for task in tasks if task not in found]:
            raise ArtifactError(
                f"{model} gives no logits for {missing[0]} but {', '.join(found)}; train the model again"
            )
        self._inputs, self._tasks = list(inputs), list(tasks)

    def logits(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """Logits of each task, shape (texts, labels)."""
        found = self._session.run(self._tasks, named_arrays(batch, self._inputs))
        return dict(zip(self._tasks, found, strict=True))


def named_arrays(batch: Batch, inputs: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """The arrays of shape (texts, tokens) that a model takes under the names `inputs`."""
    arrays = {
        "input_ids": batch.ids,
        "attention_mask": np.ones_like(batch.ids),
        "token_type_ids": batch.segments,
    }
    return {name: arrays[name] for name in inputs}
