"""One table of the ablations that have been run, each against the recipe that it changes.

    python benchmarks/ablations.py [reports] > reports/benchmarks/ablations.md

Reads reports/ablation-*; run `stance run experiment=ablation/recipe` and the rows that you want before.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.reproduction.compare import RunComparison, compare_reports
from pipeline.reproduction.recorded import RecordedRun

MODEL = "transformer"
PREFIX = "ablation-"
UNTOLD = ("name",)
"""Settings that differ between any two runs."""
HEAD = """\
# Ablations of the transformer's recipe

Macro-F1 out of fold on development folds (3 folds, split seed 12345, one repetition), and the mean log-loss over
tasks. Below each difference stands its paired interval over groups; where it holds 0, the row tells nothing. `stance
run experiment=ablation/NAME` computes a row, `python benchmarks/ablations.py` this table.
"""


def row(name: str, comparison: RunComparison, tasks: list[str]) -> str:
    """The row of one ablation: what it changes, and per task its score, difference and interval."""
    changes = [
        f"`{key.removeprefix('model.transformer.')}` {b}" for key, _, b in comparison.settings if key not in UNTOLD
    ]
    cells = [f"`{name}`", ", ".join(changes) or "the recipe"]
    scores = {(score.task, score.metric): score for score in comparison.scores if score.model == MODEL}
    intervals = {test.task: test.ci for test in comparison.tests}
    for task in tasks:
        score = scores[task, "macro_f1"]
        cell = f"{score.b:.3f}"
        if changes and score.difference is not None:
            cell += f"<br>{score.difference:+.3f}"
            if interval := intervals.get(task):
                cell += f" [{interval[0]:+.3f}, {interval[1]:+.3f}]"
        cells.append(cell)
    losses = [scores[task, "log_loss"].b or 0.0 for task in tasks]
    return f"| {' | '.join([*cells, f'{sum(losses) / len(losses):.3f}'])} |"


def main(reports: Path) -> int:
    """Print the table; 2 where the recipe itself has not been run."""
    recipe = reports / f"{PREFIX}recipe"
    if not recipe.is_dir():
        print(f"error: {recipe} is missing; run `stance run experiment=ablation/recipe` first", file=sys.stderr)
        return 2
    base = RecordedRun.read(recipe)
    tasks = list(base.settings.codebook.tasks)
    others = sorted(folder for folder in reports.glob(f"{PREFIX}*") if folder != recipe)
    print(HEAD)
    print(f"| ablation | changes | {' | '.join(tasks)} | log-loss |")
    print(f"|{'---|' * (len(tasks) + 3)}")
    for folder in (recipe, *others):
        print(row(folder.name.removeprefix(PREFIX), compare_reports(base, RecordedRun.read(folder)), tasks))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "reports")))
