"""All stages in order, and what the user sees of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.artifacts import read_json
from pipeline.hydra_entry import run_with_hydra
from pipeline.layout import ProjectLayout
from pipeline.settings.run import RunSettings
from pipeline.stages.outcome import Outcome

ORDER = ("ingest", "label", "split", "train", "evaluate", "report")


def main(command: str, arguments: Sequence[str]) -> int:
    """Run one stage, or all of them for `run`, with Hydra's command line; errors are left to the caller."""

    def action(settings: RunSettings) -> None:
        for stage in ORDER if command == "run" else (command,):
            run_stage(stage, settings, Path.cwd())
        if command in ("run", "evaluate", "report"):
            print_summary(settings, Path.cwd())

    run_with_hydra(action, arguments)
    return 0


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
    """Print macro-F1 of every model and task, the verdicts and the path of the report."""
    folder = ProjectLayout(root).report(settings.name)
    metrics = read_json(folder / "metrics.json")["tasks"]
    comparison = read_json(folder / "comparison.json")["tasks"]
    console = Console(width=None if sys.stdout.isatty() else 110)
    confidence = f"{settings.evaluation.confidence:.0%}"
    table = Table(title=f"Macro-F1 out of fold, {confidence} interval over groups", title_justify="left")
    table.add_column("model")
    for task in metrics:
        table.add_column(task, justify="right")
    for model in settings.model:
        table.add_row(model, *(_shown(task["models"].get(model)) for task in metrics.values()))
    console.print(table)
    for task, result in comparison.items():
        console.print(f"{task}: {result['verdict']}", markup=False, highlight=False)
    report = folder / "report.html"
    if report.exists():
        console.print(f"Report: {report.relative_to(root)}", markup=False, highlight=False, soft_wrap=True)


def _shown(scores: Mapping[str, Any] | None) -> str:
    """Mean and interval of macro-F1; the interval is undefined where there is only one group."""
    if scores is None or scores["macro_f1"]["mean"] is None:
        return "-"
    mean, limits = scores["macro_f1"]["mean"], scores["macro_f1"]["ci"]
    return f"{mean:.3f}" + (f" [{limits[0]:.3f}, {limits[1]:.3f}]" if limits else "")
