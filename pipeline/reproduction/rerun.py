"""A recorded run, or a part of it, done again in a place of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, read_records, sha256_file
from pipeline.environment import usable_cores
from pipeline.errors import ConfigError, DataError
from pipeline.evaluation import evaluate
from pipeline.layout import ProjectLayout
from pipeline.records import LabeledSentence, Prediction
from pipeline.reproduction.recorded import RecordedRun
from pipeline.settings.run import RunSettings
from pipeline.splitting import Folds
from pipeline.stages.cells import Cell, FoldCell
from pipeline.stages.pipeline import run_stage
from pipeline.stages.pool import run_cells
from pipeline.stages.train import TrainingPlan


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a run to do again; an empty field stands for everything."""

    models: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    repetitions: tuple[int, ...] = ()
    folds: tuple[int, ...] = ()

    @property
    def parts(self) -> bool:
        """True where only some test parts are asked for."""
        return bool(self.repetitions or self.folds)

    def check(self, settings: RunSettings) -> None:
        """Raise ConfigError for a model or task that the run does not have."""
        _check_known("--only", self.models, settings.model)
        _check_known("--task", self.tasks, settings.codebook.tasks)

    def includes(self, prediction: Prediction) -> bool:
        """Whether `prediction` lies in this part of the run."""
        return (
            prediction.model in (self.models or (prediction.model,))
            and prediction.task in (self.tasks or (prediction.task,))
            and prediction.repetition in (self.repetitions or (prediction.repetition,))
            and prediction.fold in (self.folds or (prediction.fold,))
        )


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came out: predictions within the scope, what they evaluate to, and the digests of the files before them.

    `metrics` and `comparison` are laid out as the files of these names. They speak about the test parts in the scope,
    so with some parts only their `per_fold` numbers can be compared with those of the whole run.
    """

    predictions: Sequence[Prediction]
    metrics: Mapping[str, Any]
    comparison: Mapping[str, Any]
    derived: Mapping[str, str]


def rerun(recorded: RecordedRun, scope: Scope, root: Path, place: Path) -> Rerun:
    """Do the part `scope` of the `recorded` run again in the folder `place`, from copies of its sources under `root`.

    Nothing outside `place` is written, and of the project only the recorded sources are read. What an earlier call
    finished in the same `place` is kept if it is still up to date.
    """
    settings = recorded.settings
    scope.check(settings)
    _copy_sources(recorded.sources, root, place)
    for stage in ("ingest", "label", "split"):
        run_stage(stage, settings, place)
    cells = _train(TrainingPlan(settings, place), scope)
    layout = ProjectLayout(place)
    labels_path = layout.corpus(settings.corpus.name) / "labels.jsonl"
    folds_path = layout.models(settings.name) / "folds.json"
    folds = Folds.from_json(read_json(folds_path))
    predictions = [
        prediction
        for cell in cells
        for prediction in read_records(cell.folder / "predictions.jsonl", Prediction)
        if scope.includes(prediction)
    ]
    parts = sorted({(cell.repetition, cell.fold) for cell in cells})
    evaluation = evaluate(
        predictions,
        read_records(labels_path, LabeledSentence),
        folds.groups,
        {(r, f): (len(folds.repetitions[r][f].train), len(folds.repetitions[r][f].test)) for r, f in parts},
        settings.codebook,
        settings.evaluation,
        recorded.seed,
    )
    derived = {layout.relative(path): sha256_file(path) for path in (labels_path, folds_path)}
    return Rerun(predictions, evaluation.metrics, evaluation.comparison, derived)


def _train(plan: TrainingPlan, scope: Scope) -> list[FoldCell]:
    cells = [
        cell
        for cell in plan.fold_cells()
        if cell.model in (scope.models or (cell.model,))
        and cell.repetition in (scope.repetitions or (cell.repetition,))
        and cell.fold in (scope.folds or (cell.fold,))
    ]
    if not cells:
        parts = sorted({(cell.repetition, cell.fold) for cell in plan.fold_cells()})
        raise ConfigError(
            f"the run has no such test part; repetitions reach from 0 to {parts[-1][0]}, "
            f"folds from 0 to {max(fold for _, fold in parts)}"
        )
    needed = {cell.prepared for cell in cells}
    waves: list[Sequence[Cell]] = [
        [
            *(cell for cell in plan.prepare_cells() if cell.folder in needed),
            *(cell for cell in cells if cell.prepared is None),
        ],
        [cell for cell in cells if cell.prepared is not None],
    ]
    run_cells(waves, plan.settings.train.jobs or usable_cores(), plan.settings.train.threads, "reproduce")
    return cells


def _copy_sources(sources: Mapping[str, str], root: Path, place: Path) -> None:
    """Copies, not links: what follows a link would find the project around it. Absolute names are read in place."""
    for name, digest in sources.items():
        if Path(name).is_absolute():
            continue
        target = Path(os.path.normpath(place / name))
        if not target.is_relative_to(place):
            raise ConfigError(f"{name} lies outside the project; move it inside, or name it by its absolute path")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
        if sha256_file(target) != digest:
            raise DataError(f"{name} changed while it was copied; run again")


def _check_known(option: str, wanted: Iterable[str], known: Iterable[str]) -> None:
    available = list(known)
    for name in wanted:
        if name not in available:
            raise ConfigError(f"{option} {name!r} is not part of the run; choose of {', '.join(available)}")
