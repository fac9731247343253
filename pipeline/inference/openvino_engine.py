"""OpenVINO as the engine: faster than ONNX Runtime on processors with matrix units (AMX), elsewhere mostly slower.

The package reports every `import openvino` to its maker by way of Google Analytics and writes an id into the user's
home, unless the user has opted out beforehand. Nothing about a user may leave the machine, so its reporter is hidden
while it is imported; it then takes the stub that it brings for installations without the reporter.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ArtifactError
from pipeline.inference.encoding import Batch
from pipeline.inference.engine import named_arrays

_REPORTER = "openvino_telemetry"


class OpenVinoEngine:
    """One stream of one thread for each batch that is computed at the same time, as with ONNX Runtime.

    `precision` is `int8` (of a quantized model) or `fp32`, whose other arithmetic stays in fp32, or `bf16`.
    """

    def __init__(self, model: Path, precision: str, inputs: Sequence[str], tasks: Sequence[str], threads: int) -> None:
        openvino = import_openvino()
        settings = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "NUM_STREAMS": threads,
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        }
        try:
            self._compiled = openvino.Core().compile_model(model, "CPU", settings)
            self._outputs = {task: self._compiled.output(task) for task in tasks}
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ArtifactError(f"{model} fails with OpenVINO ({reason}); choose --engine onnxruntime") from error
        self._inputs, self._own = list(inputs), threading.local()

    def logits(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """Logits of each task, shape (texts, labels)."""
        found = self._request().infer(named_arrays(batch, self._inputs))
        return {task: np.asarray(found[output]) for task, output in self._outputs.items()}

    def _request(self) -> Any:
        """Every thread has a request of its own, since a request can answer only one at a time."""
        if not hasattr(self._own, "request"):
            self._own.request = self._compiled.create_infer_request()
        return self._own.request


def computes_bf16() -> bool:
    """True where OpenVINO says that this processor computes in bf16."""
    return "BF16" in import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def import_openvino() -> Any:
    """The package, without its usage reports."""
    modules: Any = sys.modules
    if "openvino" in modules or _REPORTER in modules:
        return importlib.import_module("openvino")
    modules[_REPORTER] = None  # importing it fails as if it were not installed
    try:
        return importlib.import_module("openvino")
    finally:
        del modules[_REPORTER]
