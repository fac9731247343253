"""A finished run beside published scores, as a table in reports/benchmarks/.

    python benchmarks/published_scores.py benchmarks/published/tweeteval_stance.yaml

The YAML file names the run, its task and measure, what others published, and the commands; everything else is read
from the run's `metrics.json` and, as far as they are still there, from the records of its training.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.artifacts import read_json, write_atomically
from pipeline.errors import ArtifactError, StanceError
from pipeline.layout import ProjectLayout
from pipeline.reporting.names import METRICS, model_name

ROOT = Path(__file__).parents[1]


def table(about: Mapping[str, Any], metrics: Mapping[str, Any], costs: Mapping[str, float]) -> str:
    """The Markdown page. `costs` maps models to CPU seconds of one training; raises ArtifactError without the task."""
    task = metrics["tasks"].get(about["task"])
    if task is None:
        raise ArtifactError(f"metrics.json has no task {about['task']!r} but {', '.join(metrics['tasks'])}")
    measure, models = about["measure"], task["models"]
    level = f"{metrics['bootstrap']['confidence']:.0%}".replace("%", " %")
    rows = [(float(one["score"]), _published(one)) for one in about["published"]]
    rows += [
        (100 * (scores[measure]["mean"] or 0), _ours(model, scores[measure], metrics["repetitions"], costs.get(model)))
        for model, scores in models.items()
    ]
    lines = [
        f"# {about['title']}",
        about["about"].strip(),
        f"{METRICS[measure]}, in points. Ours are in bold: the mean over seeds, in brackets the {level} interval of "
        "that mean (bootstrap over groups of test sentences), and the standard deviation over seeds. Published figures "
        "are as their authors give them, mostly of one run, with no interval.",
        _markdown(
            ("System", "Parameters", METRICS[measure], "Runs", "Source"),
            [row for _, row in sorted(rows, key=lambda row: row[0])],
        ),
    ]
    if targets := task.get("targets"):
        lines += ["## Target by target", _targets(targets, measure)]
    lines += ["## Commands", f"```sh\n{about['commands'].strip()}\n```"]
    return "\n\n".join(lines) + "\n"


def _published(one: Mapping[str, Any]) -> tuple[str, ...]:
    return str(one["system"]), str(one.get("parameters", "")), f"{float(one['score']):.1f}", "", str(one["source"])


def _ours(model: str, score: Mapping[str, Any], repetitions: int, cost: float | None) -> tuple[str, ...]:
    spread = "" if score.get("sd") is None else f", sd {100 * score['sd']:.1f}"
    trained = "" if cost is None else f"; {cost / 60:.1f} CPU minutes a training"
    return (
        f"**{model_name(model)}**",
        "",
        f"**{_points(score)}**{spread}",
        str(repetitions),
        f"this repository{trained}",
    )


def _points(score: Mapping[str, Any]) -> str:
    if score["mean"] is None:
        return "-"
    limits = score.get("ci")
    interval = f" [{100 * limits[0]:.1f}, {100 * limits[1]:.1f}]" if limits else ""
    return f"{100 * score['mean']:.1f}{interval}"


def _targets(targets: Mapping[str, Any], measure: str) -> str:
    models = list(next(iter(targets.values()))["models"])
    rows = [
        (name, str(found["sentences"]), *(_points(found["models"][model][measure]) for model in models))
        for name, found in targets.items()
    ]
    return _markdown(("Target", "n", *map(model_name, models)), rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def training_costs(layout: ProjectLayout, run: str, models: Sequence[str]) -> dict[str, float]:
    """Mean CPU seconds of a training of each model whose records are still there."""
    costs = {}
    for model in models:
        fits = [read_json(path) for path in layout.fold(run, model, 0, 0).parents[1].glob("*/fold-*/fit.json")]
        seconds = [fit["cpu_seconds"] for fit in fits if "cpu_seconds" in fit]
        if seconds:
            costs[model] = sum(seconds) / len(seconds)
    return costs


def main(argv: Sequence[str] | None = None) -> int:
    """Write the table; 2 after one line on standard error where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published", type=Path, help="YAML file of published scores")
    parser.add_argument("--run", help="run to read (default: the one that the file names)")
    parser.add_argument("--root", type=Path, default=ROOT, help="project folder")
    arguments = parser.parse_args(argv)
    try:
        about = yaml.safe_load(arguments.published.read_text(encoding="utf-8"))
        layout, run = ProjectLayout(arguments.root), arguments.run or about["run"]
        metrics = read_json(layout.report(run) / "metrics.json")
        models = list(metrics["tasks"].get(about["task"], {}).get("models", {}))
        page = table(about, metrics, training_costs(layout, run, models))
        target = arguments.root / "reports" / "benchmarks" / f"{arguments.published.stem}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, page)
    except (StanceError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
