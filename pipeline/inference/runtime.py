"""ONNX Runtime, told to keep to itself before it is imported.

Its official builds since 1.29 send usage data (hashes of graph and weights among it) to their maker and write a
device id into the user's cache as soon as they are imported, unless `ORT_DISABLE_TELEMETRY` is set. Nothing about a
user's texts or models may leave the machine, so it is set here; whoever wants to send the data sets it to 0.
Everything in this package imports ONNX Runtime from here.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

onnxruntime: Any = importlib.import_module("onnxruntime")

SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""Optimizations to switch off: on a processor, this fused kernel is slower than the two operations by themselves."""
