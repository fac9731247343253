"""The int8 form of an exported transformer.

Quantization is static: per-channel weights, and one scale for each activation, found on calibration sentences. Dynamic
quantization, which takes the scale from each batch, is as fast, as exact and asks for no calibration, but lets the
company of a sentence change its probabilities; a prediction must not depend on what else is in the batch. Weights use
7 of 8 bits (`reduce_range`), because the 16-bit sums of AVX2 and of AVX-512 without VNNI would overflow with 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray

from pipeline.inference.runtime import SLOW_FUSIONS, onnxruntime

Row = Mapping[str, Sequence[int]]
"""The named inputs of one sentence, without padding."""


def quantize(source: Path, target: Path, calibration: Sequence[Row], narrowing: bool) -> None:
    """Quantize the products with fixed weights and the embedding tables; attention and norms stay in fp32.

    Products with more inputs than outputs only if `narrowing`.
    """
    # Imported after pipeline.inference.runtime has told ONNX Runtime to send nothing.
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    graph = onnx.load(source).graph
    shapes = {tensor.name: tensor.dims for tensor in graph.initializer if len(tensor.dims) == 2}
    fixed = {"MatMul": 1, "Gather": 0}
    nodes = [
        node.name
        for node in graph.node
        if node.op_type in fixed
        and (shape := shapes.get(node.input[fixed[node.op_type]])) is not None
        and (narrowing or node.op_type == "Gather" or shape[0] <= shape[1])
    ]
    with TemporaryDirectory(dir=target.parent, prefix=".int8.") as scratch:
        quantize_static(
            source,
            Path(scratch) / target.name,
            _Calibration(calibration),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_quantize=nodes,
            op_types_to_quantize=list(fixed),
            extra_options={"OpTypesToExcludeOutputQuantization": list(fixed)},
        )
        _optimize(Path(scratch) / target.name, target)


def _optimize(source: Path, target: Path) -> None:
    """Let ONNX Runtime fuse operations now, which takes longer than all else when a model is loaded.

    The weights go into a file beside `target`, `.data` added to its name.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", f"{target.name}.data")
    options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", "1024")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS)


class _Calibration:
    """Feeds one sentence after the other; a CalibrationDataReader by its method."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = iter(rows)

    def get_next(self) -> dict[str, NDArray[np.int64]] | None:
        """The next sentence's inputs, shape (1, tokens) each; None at the end."""
        row = next(self._rows, None)
        return None if row is None else {name: np.array([ids], dtype=np.int64) for name, ids in row.items()}
