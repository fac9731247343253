"""What a search minimises: log-loss on development parts, never on a test fold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from pipeline.artifacts import read_json
from pipeline.layout import ProjectLayout
from pipeline.settings.run import RunSettings


def development_losses(settings: RunSettings, root: Path) -> dict[str, float]:
    """Log-loss (at least 0) of every model that held out a development part, mean over tasks and then over folds.

    Models that chose by other means, such as inner folds, are absent.
    """
    layout = ProjectLayout(root)
    losses: dict[str, float] = {}
    for model in settings.model:
        folder = layout.models(settings.name) / "folds" / model
        scores = [read_json(path).get("development") for path in sorted(folder.rglob("fit.json"))]
        found = [_mean_loss(score) for score in scores if score]
        if found:
            losses[model] = fmean(found)
    return losses


def _mean_loss(scores: Mapping[str, Any]) -> float:
    return fmean(float(task["log_loss"]) for task in scores.values())
