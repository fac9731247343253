"""`stance compare REPORT_A REPORT_B`: two runs side by side."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from pipeline.artifacts import write_json
from pipeline.dataset import read_dataset
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.verdict import verdict
from pipeline.reproduction.console import console
from pipeline.reproduction.environments import Difference, differences
from pipeline.reproduction.paired import PredictedRun, compare_runs
from pipeline.reproduction.recorded import RecordedRun

SCHEMA = 1
METRICS = ("macro_f1", "contrast_f1", "accuracy", "mcc", "log_loss", "ece")
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Score:
    """One metric of one model in two runs: mean over repetitions, and interval; None where a run lacks it."""

    task: str
    model: str
    metric: str
    a: float | None
    b: float | None
    ci_a: list[float] | None
    ci_b: list[float] | None

    @property
    def difference(self) -> float | None:
        """B minus A."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Settings that differ (key, value in A, value in B), scores, paired tests, and what else to know.

    `sources` names input files that differ, `environment` what differs between the environments.
    """

    settings: tuple[tuple[str, Any, Any], ...]
    sources: tuple[str, ...]
    environment: tuple[Difference, ...]
    scores: tuple[Score, ...]
    tests: tuple[Comparison, ...]
    notes: tuple[str, ...]


def compare_reports(a: RecordedRun, b: RecordedRun) -> RunComparison:
    """Everything that two reports differ in; tests are B minus A, by the evaluation settings and groups of A."""
    tests, notes = _tests(a, b)
    sources = sorted({*a.sources, *b.sources})
    return RunComparison(
        settings=tuple(settings_differences(asdict(a.settings), asdict(b.settings))),
        sources=tuple(name for name in sources if a.sources.get(name) != b.sources.get(name)),
        environment=tuple(differences(a.environment, b.environment)),
        scores=tuple(_scores(a.metrics["tasks"], b.metrics["tasks"])),
        tests=tuple(tests),
        notes=tuple(notes),
    )


def settings_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Dotted key and both values of every setting that differs; ABSENT where one side lacks it. Lists are values."""
    flat_a, flat_b = dict(_flatten(a)), dict(_flatten(b))
    for key in dict.fromkeys([*flat_a, *flat_b]):
        values = flat_a.get(key, ABSENT), flat_b.get(key, ABSENT)
        if values[0] != values[1]:
            yield key, *values


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _scores(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Score]:
    for task in dict.fromkeys([*a, *b]):
        models = [side.get(task, {}).get("models", {}) for side in (a, b)]
        for model in dict.fromkeys([*models[0], *models[1]]):
            for metric in METRICS:
                one, two = (side.get(model, {}).get(metric, {}) for side in models)
                if one or two:
                    yield Score(task, model, metric, one.get("mean"), two.get("mean"), one.get("ci"), two.get("ci"))


def _tests(a: RecordedRun, b: RecordedRun) -> tuple[list[Comparison], list[str]]:
    runs = []
    for recorded, letter in ((a, "A"), (b, "B")):
        folder = recorded.folder / "dataset"
        if not folder.is_dir():
            return [], [f"no paired tests: {folder} is missing; run `stance report` for that run again"]
        runs.append(PredictedRun(letter, recorded.predictions(), *read_dataset(folder)))
    codebook, notes, tests = a.settings.codebook, [], []
    for task in codebook.tasks:
        other = b.settings.codebook.tasks.get(task)
        if other is None or other.names != codebook.tasks[task].names:
            notes.append(f"{task}: no paired tests, as the codebooks have other labels or another order of them")
            continue
        for model in a.settings.model:
            if model not in b.settings.model:
                continue
            result = compare_runs((runs[0], runs[1]), model, task, codebook, a.settings.evaluation, a.seed)
            if result is None:
                notes.append(f"{task}, {model}: no paired test, as no sentence is predicted in both runs")
            else:
                tests.append(result)
    return tests, notes


def main(argv: list[str]) -> int:
    """Print two reports side by side; 0 whatever they differ in, StanceError where one cannot be read."""
    parser = argparse.ArgumentParser(prog="stance compare", description="Two runs side by side, B minus A.")
    parser.add_argument("a", type=Path, metavar="REPORT_A", help="folder of a report, such as reports/reference")
    parser.add_argument("b", type=Path, metavar="REPORT_B", help="folder of another")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the comparison to FILE")
    arguments = parser.parse_args(argv)
    a, b = RecordedRun.read(arguments.a), RecordedRun.read(arguments.b)
    result = compare_reports(a, b)
    show(result, a, b)
    if arguments.json is not None:
        scores = [{**asdict(score), "difference": score.difference} for score in result.scores]
        write_json(arguments.json, {"schema": SCHEMA, **asdict(result), "scores": scores})
    return 0


def show(result: RunComparison, a: RecordedRun, b: RecordedRun) -> None:
    """Print the settings, the scores and the tests."""
    out = console()
    out.print(f"A: {a.folder}\nB: {b.folder}")
    for recorded in (a, b):
        for name in recorded.altered:
            out.print(f"warning: {recorded.folder / name} was altered since it was written", soft_wrap=True)
    settings = Table(title="Settings that differ", title_justify="left")
    for heading in ("setting", "A", "B"):
        settings.add_column(heading, overflow="fold")
    for key, one, two in result.settings:
        settings.add_row(key, str(one), str(two))
    out.print(settings if result.settings else "All settings are equal.")
    for name in result.sources:
        out.print(f"Input differs: {name}", soft_wrap=True)
    for name, one, two in result.environment:
        out.print(f"Environment differs, {name}: A {one}, B {two}", soft_wrap=True)
    scores = Table(title="Scores", title_justify="left")
    for heading in ("task", "model", "metric"):
        scores.add_column(heading)
    for heading in ("A", "B", "B - A"):
        scores.add_column(heading, justify="right")
    for score in result.scores:
        difference = "" if score.difference is None else f"{score.difference:+.3f}"
        shown = (_shown(score.a, score.ci_a), _shown(score.b, score.ci_b), difference)
        scores.add_row(score.task, score.model, score.metric, *shown)
    out.print(scores)
    for test in result.tests:
        out.print(verdict(test, a.settings.evaluation.confidence), soft_wrap=True)
    for note in result.notes:
        out.print(f"Note: {note}", soft_wrap=True)


def _shown(mean: float | None, limits: list[float] | None) -> str:
    if mean is None:
        return ABSENT
    return f"{mean:.3f}" if limits is None else f"{mean:.3f} [{limits[0]:.3f}, {limits[1]:.3f}]"
