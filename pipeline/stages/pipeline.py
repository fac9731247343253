"""All stages in order, and what the user sees of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.artifacts import read_json
from pipeline.hydra_entry import run_with_hydra
from pipeline.layout import ProjectLayout
from pipeline.reporting.names import METRICS
from pipeline.settings.run import STAGES, RunSettings
from pipeline.stages.objective import development_losses
from pipeline.stages.outcome import Outcome


def main(command: str, arguments: Sequence[str]) -> int:
    """Run one stage, or all of them for `run`, with Hydra's command line; errors are left to the caller.

    `stance label --analyze` is short for `stance label labeling.analyze=true`.
    """
    if command == "label":
        arguments = ["labeling.analyze=true" if argument == "--analyze" else argument for argument in arguments]
    run_with_hydra(partial(run_stages, command), arguments)
    return 0


def run_stages(command: str, settings: RunSettings) -> float | None:
    """Run one stage, or for `run` all up to `until`, in the working directory.

    Returns what a search minimises: the development log-loss, where exactly one model reports one.
    """
    root = Path.cwd()
    stages = STAGES[: STAGES.index(settings.until) + 1] if command == "run" else (command,)
    for stage in stages:
        run_stage(stage, settings, root)
    if stages[-1] in ("evaluate", "report"):
        print_summary(settings, root)
    if stages[-1] == "train":
        losses = development_losses(settings, root)
        for model, loss in losses.items():
            print(f"{model}: development log-loss {loss:.4f}")
        return next(iter(losses.values())) if len(losses) == 1 else None
    return None


def run_stage(stage: str, settings: RunSettings, root: Path) -> Outcome:
    """Run one stage by name and say on standard error what it did."""
    run: Callable[[RunSettings, Path], Outcome] = import_module(f"pipeline.stages.{stage}").run
    started = time.perf_counter()
    outcome = run(settings, root)
    seconds = f" ({time.perf_counter() - started:.1f} s)" if outcome.ran else ""
    print(f"{stage:<9} {outcome.summary}{seconds}", file=sys.stderr, flush=True)
    for warning in outcome.warnings:
        print(f"{stage:<9} warning: {warning}", file=sys.stderr, flush=True)
    return outcome


def print_summary(settings: RunSettings, root: Path) -> None:
    """Print the primary measure of every model and task, the verdicts and the path of the report."""
    folder = ProjectLayout(root).report(settings.name)
    metrics = read_json(folder / "metrics.json")["tasks"]
    comparison = read_json(folder / "comparison.json")["tasks"]
    console = Console(width=None if sys.stdout.isatty() else 110)
    confidence = f"{settings.evaluation.confidence:.0%}"
    measures = {task: settings.evaluation.measure(task) for task in metrics}
    names = " and ".join(dict.fromkeys(METRICS[measure] for measure in measures.values()))
    table = Table(title=f"{names} out of fold, {confidence} interval over groups", title_justify="left")
    table.add_column("model")
    for task in metrics:
        table.add_column(task, justify="right")
    for model in settings.model:
        found = {task: scores["models"].get(model, {}) for task, scores in metrics.items()}
        table.add_row(model, *(_shown(scores.get(measures[task])) for task, scores in found.items()))
    console.print(table)
    for task, result in comparison.items():
        console.print(f"{task}: {result['verdict']}", markup=False, highlight=False)
    report = folder / "report.html"
    if report.exists():
        console.print(f"Report: {report.relative_to(root)}", markup=False, highlight=False, soft_wrap=True)


def _shown(score: Mapping[str, Any] | None) -> str:
    """Mean and interval of a measure; the interval is undefined where there is only one group."""
    if score is None or score["mean"] is None:
        return "-"
    mean, limits = score["mean"], score["ci"]
    return f"{mean:.3f}" + (f" [{limits[0]:.3f}, {limits[1]:.3f}]" if limits else "")
