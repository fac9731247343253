"""Out-of-fold predictions become metrics with intervals, comparisons with tests, and a verdict in words."""

from __future__ import annotations

from pipeline.evaluation.evaluate import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
