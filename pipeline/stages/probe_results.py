"""Predictions of the probes in, probes.json and challenge.json out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_records, sha256_file, write_json
from pipeline.environment import code_hash
from pipeline.errors import ArtifactError
from pipeline.evaluation.challenge import evaluate_pairs
from pipeline.evaluation.learning_curve import evaluate_curve
from pipeline.evaluation.probe_verdict import CRITERIA, Criterion
from pipeline.evaluation.probes import Answer, Gold, evaluate_probe
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.probes.probe import Probe, keep
from pipeline.records import Prediction
from pipeline.seeding import derive_seed
from pipeline.settings.run import RunSettings
from pipeline.stages.pair_plan import PairPlan
from pipeline.stages.probe_plan import Asked, ProbePlan
from pipeline.stages.train import TrainingPlan

CODE = ("evaluation", "probes", "records.py", "codebook.py", "seeding.py")
STAGE = "probes"
PROBES, CHALLENGE = "probes.json", "challenge.json"
SCHEMA = 1


def run(settings: RunSettings, root: Path) -> bool:
    """Write what the run's probes ask for into its report folder, unless it is up to date; whether anything was done.

    `probes.json` where models were trained anew, `challenge.json` where there are minimal pairs.
    """
    if not settings.probes.run and not settings.probes.learning_curve:
        return False
    training = TrainingPlan(settings, root)
    plan, pairs = ProbePlan(training), PairPlan(training)
    asked, pair_folders = plan.asked(), {cell.model: cell.folder for cell in pairs.cells()}
    folders = [folder for one in asked for folder in (*one.parts.values(), *one.reference)] + [*pair_folders.values()]
    files = [folder / "predictions.jsonl" for folder in dict.fromkeys(folders)]
    layout = plan.layout
    for path in files:
        if not path.exists():
            raise ArtifactError(f"{layout.relative(path)} is missing; run `stance train` with the same settings first")
    sources = [
        layout.corpus(settings.corpus.name) / "labels.jsonl",
        layout.models(settings.name) / "folds.json",
        *files,
    ]
    if pairs.pairs:
        sources.append(root / settings.labeling.challenge)
    seed = derive_seed(settings.seed, "evaluate")
    work = Work(
        stage=STAGE,
        config={
            "probes": asdict(settings.probes),
            "evaluation": asdict(settings.evaluation),
            "codebook": asdict(settings.codebook),
        },
        inputs={layout.relative(path): sha256_file(path) for path in sources},
        code=code_hash(CODE),
        seed=seed,
    )

    def produce(scratch: Path) -> None:
        if asked or plan.obstacles:
            gold = Gold(
                list(training.sentences.values()), training.folds.groups, settings.codebook, settings.evaluation, seed
            )
            write_json(scratch / PROBES, _probes(plan, asked, gold))
        if pairs.pairs:
            predictions = {model: _read([folder]) for model, folder in pair_folders.items()}
            found = evaluate_pairs(predictions, pairs.pairs, settings.codebook, settings.evaluation, seed)
            write_json(scratch / CHALLENGE, found)

    return ArtifactFolder(layout.report(settings.name)).ensure(work, root, produce)


def result_files(settings: RunSettings, root: Path) -> dict[str, Path]:
    """What `run` wrote for these settings, by name; empty where they ask for no probe."""
    if not settings.probes.run and not settings.probes.learning_curve:
        return {}
    folder = ArtifactFolder(ProjectLayout(root).report(settings.name))
    return {name: folder.path / name for name in folder.entries().get(STAGE, {}).get("outputs", {})}


def _probes(plan: ProbePlan, asked: Sequence[Asked], gold: Gold) -> dict[str, Any]:
    answers = [_answer(plan, one) for one in asked]
    probes: dict[str, Any] = {}
    curves: dict[str, list[Answer]] = {}
    for one, answer in zip(asked, answers, strict=True):
        if one.probe.name not in CRITERIA:
            curves.setdefault(one.model, []).append(answer)
            continue
        found = probes.setdefault(one.probe.name, _described(one.probe, plan) | {"models": {}})
        by_part = CRITERIA[one.probe.name] == Criterion.CARRIES
        found["models"][one.model] = evaluate_probe(answer, gold, plan.settings.probes.name_tasks, by_part)
    full = sum(len(fold.train) for fold in plan.study.folds) / len(plan.study.folds)
    return {
        "schema": SCHEMA,
        "bootstrap": {
            "resamples": gold.settings.bootstrap,
            "confidence": gold.settings.confidence,
            "unit": "group",
        },
        "repetition": 0,
        "quick": plan.settings.probes.quick,
        "sentences": len(plan.study.sentences),
        "probes": probes,
        "obstacles": plan.obstacles,
        "learning_curve": {model: evaluate_curve(answers, full, gold) for model, answers in curves.items()},
    }


def _described(probe: Probe, plan: ProbePlan) -> dict[str, Any]:
    """The criterion of `probe`, and how many document sentences it rewrites."""
    changed = 0
    if probe.rewrite is not keep:
        rewrite = probe.rewrite(plan.study)
        changed = sum(rewrite(one).text != one.text for one in plan.study.sentences.values())
    return {"criterion": CRITERIA[probe.name], "rewritten": changed}


def _answer(plan: ProbePlan, asked: Asked) -> Answer:
    folds = asked.probe.divide(plan.study)
    return Answer(
        probe=asked.probe.name,
        model=asked.model,
        parts=tuple(folds),
        sizes=tuple(len(fold.train) for fold in folds.values()),
        predictions=_read(asked.parts.values()),
        reference=_read(asked.reference),
    )


def _read(folders: Iterable[Path]) -> list[Prediction]:
    return [one for folder in folders for one in read_records(folder / "predictions.jsonl", Prediction)]
