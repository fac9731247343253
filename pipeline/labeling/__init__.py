"""The label stage: annotations become votes, votes become one label a task, and annotators are compared."""

from __future__ import annotations

from pipeline.labeling.labeling import Labeling, label

__all__ = ["Labeling", "label"]
