"""Out-of-fold predictions in, metrics and comparison out; each final model learns how far it can be relied on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, read_records, sha256_file, write_json, write_records
from pipeline.environment import code_hash
from pipeline.errors import ArtifactError
from pipeline.evaluation import Evaluation, evaluate
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.records import LabeledSentence, Prediction
from pipeline.seeding import derive_seed
from pipeline.settings.run import RunSettings
from pipeline.splitting import Folds
from pipeline.stages import probe_results
from pipeline.stages.outcome import Outcome

CODE = ("evaluation", "records.py", "codebook.py", "seeding.py")
RELIABILITY = "reliability.json"


def run(settings: RunSettings, root: Path) -> Outcome:
    """Write predictions.jsonl, metrics.json, comparison.json and what became of probes, unless they are up to date."""
    layout = ProjectLayout(root)
    folder = layout.report(settings.name)
    folds_path = layout.models(settings.name) / "folds.json"
    labels_path = layout.corpus(settings.corpus.name) / "labels.jsonl"
    folds = Folds.from_json(read_json(folds_path))
    cells = [
        layout.fold(settings.name, model, repetition, number) / "predictions.jsonl"
        for model in settings.model
        for repetition, parts in enumerate(folds.repetitions)
        for number in range(len(parts))
    ]
    for cell in cells:
        if not cell.exists():
            raise ArtifactError(f"{layout.relative(cell)} is missing; run `stance train` with the same settings first")
    seed = derive_seed(settings.seed, "evaluate")
    work = Work(
        stage="evaluate",
        config={"evaluation": asdict(settings.evaluation), "codebook": asdict(settings.codebook)},
        inputs={layout.relative(path): sha256_file(path) for path in (labels_path, folds_path, *cells)},
        code=code_hash(CODE),
        seed=seed,
    )
    results: list[Evaluation] = []

    def produce(scratch: Path) -> None:
        predictions = [prediction for cell in cells for prediction in read_records(cell, Prediction)]
        labeled = read_records(labels_path, LabeledSentence)
        sizes = {
            (repetition, number): (len(fold.train), len(fold.test))
            for repetition, parts in enumerate(folds.repetitions)
            for number, fold in enumerate(parts)
        }
        results.append(
            evaluate(predictions, labeled, folds.groups, sizes, settings.codebook, settings.evaluation, seed)
        )
        write_records(scratch / "predictions.jsonl", predictions)
        write_json(scratch / "metrics.json", results[0].metrics)
        write_json(scratch / "comparison.json", results[0].comparison)

    ran = ArtifactFolder(folder).ensure(work, root, produce)
    ran = probe_results.run(settings, root) or ran
    metrics = read_json(folder / "metrics.json")
    for model in settings.train.final:
        _store_reliability(layout.final(settings.name, model), model, metrics, root)
    summary = f"{len(cells)} test parts of {len(settings.model)} models" if ran else "up to date"
    return Outcome("evaluate", folder, ran, summary, tuple(metrics["warnings"]))


def _store_reliability(folder: Path, model: str, metrics: Mapping[str, Any], root: Path) -> None:
    """Put the thresholds and tiers that were found out of fold beside the model that was trained on everything."""
    reliability = {
        "schema": 1,
        "tasks": {
            task: {
                "abstain_below": _threshold(scores["models"][model]["risk_coverage"]["at_precision"]["0.90"]),
                "tiers": {label: values["tier"] for label, values in scores["models"][model]["labels"].items()},
            }
            for task, scores in metrics["tasks"].items()
            if model in scores["models"]
        },
    }
    work = Work("reliability", config=reliability, inputs={}, code=code_hash(["evaluation"]))

    def produce(scratch: Path) -> None:
        write_json(scratch / RELIABILITY, reliability)

    if folder.exists():
        ArtifactFolder(folder).ensure(work, root, produce)


def _threshold(point: Mapping[str, Any]) -> float:
    """Probability below which to abstain; 1 where no threshold reached the precision, that is, nearly always."""
    threshold = point["threshold"]
    return 1.0 if threshold is None else float(threshold)
