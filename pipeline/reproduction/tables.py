"""What a reproduction prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from pipeline.reproduction.console import console
from pipeline.reproduction.numbers import Number, Verdict
from pipeline.reproduction.outcome import Reproduction, is_headline
from pipeline.reproduction.predictions import PredictionMatch
from pipeline.reproduction.tolerance import statement


def show(result: Reproduction) -> None:
    """Print environment, predictions and numbers: the headline ones, and every one that does not hold."""
    out = console()
    if result.environment:
        out.print("Another environment than recorded, so numbers may differ where predictions do:")
        for name, recorded, here in result.environment:
            out.print(f"  {name}: {recorded}, here {here}", soft_wrap=True)
        out.print(f"  {statement(result.repetitions)}")
    else:
        out.print("Same kind of machine and same versions as recorded: predictions have to be identical.")
    same = sum(match.identical for match in result.predictions)
    out.print(f"Predictions: {same} of {len(result.predictions)} sets (a task, model and test part each) identical.")
    if same < len(result.predictions):
        out.print(_prediction_table([match for match in result.predictions if not match.identical]))
    shown = [number for number in result.numbers if is_headline(number) or number.verdict == Verdict.DIFFERS]
    out.print(_number_table(shown))
    counts = Counter(number.verdict for number in result.numbers)
    parts = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
    out.print(f"All {len(result.numbers)} numbers, also those not shown: {parts}.")
    for claim in result.claims:
        out.print(f"Conclusion {'holds' if claim.holds else 'differs'}: {claim.reported}", soft_wrap=True)
        if not claim.holds:
            out.print(f"  obtained: {claim.obtained}", soft_wrap=True)
    for failure in result.failures:
        out.print(f"Does not hold: {failure}", soft_wrap=True)


def _prediction_table(matches: Sequence[PredictionMatch]) -> Table:
    table = Table(title="Predictions that differ", title_justify="left")
    for heading in ("task", "model"):
        table.add_column(heading)
    for heading in ("repetition", "fold", "sentences", "missing", "labels changed", "largest difference"):
        table.add_column(heading, justify="right")
    for match in matches:
        counts = (match.repetition, match.fold, match.sentences, match.missing, match.labels_changed)
        table.add_row(match.task, match.model, *map(str, counts), f"{match.largest_difference:.6f}")
    return table


def _number_table(numbers: Sequence[Number]) -> Table:
    table = Table(title="Numbers", title_justify="left")
    table.add_column("number", overflow="fold")
    for heading in ("reported", "obtained", "difference", "tolerance"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for number in numbers:
        difference = "" if number.difference is None else f"{number.difference:+.6f}"
        allowed = "" if number.tolerance is None else f"{number.tolerance:.2g}"
        table.add_row(
            number.name.partition(".")[2],
            _shown(number.reported),
            _shown(number.obtained),
            difference,
            allowed,
            number.verdict.value,
        )
    return table


def _shown(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.6g}"
