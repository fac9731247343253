"""The spread over repetitions, and what picking the best of them would feign."""

from __future__ import annotations

from pipeline.evaluation.seeds import expected_best
from pipeline.reporting.blocks import Cell, Column, Paragraph, Section, Table
from pipeline.reporting.formatting import count, mean, number
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import FLOORS, model_name, title

_DRAWS = (2, 3, 5, 10)


def seed_section(data: ReportInput) -> Section:
    """Every model's scores over repetitions; nothing but their mean is reported elsewhere."""
    repetitions = int(data.metrics.get("repetitions", 1))
    heading = "Seeds"
    if repetitions < 2:
        text = (
            "One repetition has no spread over seeds. With split.repetitions=5 every model trains five times, each "
            "time with a seed and folds of its own."
        )
        return Section("seeds", heading, (Paragraph(text),))
    intro = Paragraph(
        f"Every score of this report is the mean over {repetitions} repetitions, each with a seed and folds of its "
        "own; none was picked. Whoever runs n times and reports the best gets the expected best of n instead."
    )
    return Section("seeds", heading, (intro, *(_table(data, task, repetitions) for task in data.tasks)))


def _table(data: ReportInput, task: str, repetitions: int) -> Table:
    draws = [n for n in _DRAWS if n <= repetitions]
    if repetitions not in draws:
        draws = sorted({*draws, repetitions})
    rows = []
    for model in data.models(task):
        if model in FLOORS:
            continue
        score = data.task_metrics(task)["models"][model]["macro_f1"]
        values = [value for value in score.get("per_repetition", ()) if value is not None]
        if not values:
            continue
        best = expected_best(values)
        span = f"{number(min(values))} to {number(max(values))}"
        expected = (Cell(number(best[n - 1] if n <= len(best) else None)) for n in draws)
        rows.append(
            (Cell(model_name(model)), Cell(number(mean(score))), Cell(number(score.get("sd"))), Cell(span), *expected)
        )
    columns = (
        Column("Model"),
        *(Column(name, kind="number") for name in ("Mean", "Standard deviation", "Lowest to highest")),
        *(Column(f"Expected best of {count(n)}", kind="number") for n in draws),
    )
    return Table(f"{title(task)}: macro-F1 over repetitions.", columns, tuple(rows))
