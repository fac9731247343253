"""Everything that the run found in, a page to read out."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, read_records, sha256_file
from pipeline.dataset import write_dataset
from pipeline.environment import code_hash, describe
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.records import Document, LabeledSentence, Prediction, Sentence, Skipped
from pipeline.reporting import ReportInput, write_report
from pipeline.settings.run import RunSettings
from pipeline.splitting import Folds, check_leakage, class_warnings
from pipeline.stages.outcome import Outcome
from pipeline.stages.probe_results import CHALLENGE, PROBES, result_files

CODE = (
    "reporting",
    "reviewing/suspects.py",
    "reviewing/vectors.py",
    "dataset.py",
    "evaluation/tiers.py",
    "evaluation/seeds.py",
    "settings/report.py",
    "records.py",
    "codebook.py",
)


def run(settings: RunSettings, root: Path) -> Outcome:
    """Write report.html, report.md, the figures and the cards of the run, unless they are up to date."""
    layout = ProjectLayout(root)
    folder, corpus, models = (
        layout.report(settings.name),
        layout.corpus(settings.corpus.name),
        layout.models(settings.name),
    )
    sources = [
        folder / "metrics.json",
        folder / "comparison.json",
        folder / "predictions.jsonl",
        corpus / "documents.jsonl",
        corpus / "labels.jsonl",
        corpus / "agreement.json",
        models / "folds.json",
        *result_files(settings, root).values(),
    ]
    config = asdict(settings)
    work = Work(
        stage="report",
        config={"report": asdict(settings.report), "codebook": asdict(settings.codebook)},
        inputs={layout.relative(path): sha256_file(path) for path in sources},
        code=code_hash(CODE),
        extra={"run": config, "sources": _sources(layout, corpus)},
    )

    def produce(scratch: Path) -> None:
        gathered = _gather(settings, layout, config)
        write_report(gathered, scratch)
        (scratch / "dataset").mkdir()
        folds = Folds.from_json(read_json(models / "folds.json"))
        write_dataset(scratch / "dataset", gathered.labeled, folds, settings.codebook, _account(gathered))

    ran = ArtifactFolder(folder).ensure(work, root, produce)
    return Outcome("report", folder, ran, layout.relative(folder / "report.html") if ran else "up to date")


def _account(data: ReportInput) -> str:
    """How the labels came about, as told for the annotation files of the run."""
    origins = [data.origin, *data.composed_origins]
    return "\n\n".join(origin.statement for origin in origins if origin is not None)


def _gather(settings: RunSettings, layout: ProjectLayout, config: dict[str, Any]) -> ReportInput:
    folder, corpus, models = (
        layout.report(settings.name),
        layout.corpus(settings.corpus.name),
        layout.models(settings.name),
    )
    folds = Folds.from_json(read_json(models / "folds.json"))
    stages = ArtifactFolder(corpus).entries() | ArtifactFolder(models).entries() | ArtifactFolder(folder).entries()
    labeled = read_records(corpus / "labels.jsonl", LabeledSentence)
    environment = describe(layout.root)
    fits = {
        model: [
            _fit(layout.fold(settings.name, model, repetition, number), repetition, number)
            for repetition, parts in enumerate(folds.repetitions)
            for number in range(len(parts))
        ]
        for model in settings.model
    }
    probed = result_files(settings, layout.root)
    spent = [entry["wall_seconds"] for entry in stages.values()] + [
        fit["seconds"] for parts in fits.values() for fit in parts
    ]
    return ReportInput(
        name=settings.name,
        settings=settings.report,
        codebook=settings.codebook,
        documents=read_records(corpus / "documents.jsonl", Document),
        sentences_count=len(read_records(corpus / "sentences.jsonl", Sentence)),
        skipped_counts=dict(Counter(item.reason for item in read_records(corpus / "skipped.jsonl", Skipped))),
        labeled=labeled,
        agreement=read_json(corpus / "agreement.json"),
        split={
            "strategy": settings.split.strategy,
            "repetitions": len(folds.repetitions),
            "folds": len(folds.repetitions[0]),
            "groups": len(set(folds.groups.values())),
            "leakage": check_leakage(folds, labeled, settings.split),
            "warnings": class_warnings(folds, labeled, settings.codebook),
            "dropped_composed": len(folds.dropped_composed),
        },
        metrics=read_json(folder / "metrics.json"),
        comparison=read_json(folder / "comparison.json"),
        predictions=read_records(folder / "predictions.jsonl", Prediction),
        probes=_read_if(probed, PROBES),
        challenge=_read_if(probed, CHALLENGE),
        training=fits,
        manifest={
            "config": config,
            "versions": {"python": environment["python"], **environment["packages"]},
            "git": environment["git"],
            "hardware": environment["hardware"] | {"threads": settings.train.threads},
            "inputs": _sources(layout, corpus),
            "command": f"stance reproduce {layout.relative(folder)}",
            "seed": settings.seed,
            "wall_s": round(sum(spent), 1),
        },
    )


def _sources(layout: ProjectLayout, corpus: Path) -> dict[str, str]:
    """Digests of what the run began with: documents, their descriptions and annotations, by path."""
    stages = ArtifactFolder(corpus).entries()
    derived = f"{layout.relative(corpus)}/"
    read = stages["ingest"]["inputs"] | stages["label"]["inputs"]
    return {path: digest for path, digest in read.items() if not path.startswith(derived)}


def _read_if(files: dict[str, Path], name: str) -> dict[str, Any]:
    return dict(read_json(files[name])) if name in files else {}


def _fit(folder: Path, repetition: int, fold: int) -> dict[str, Any]:
    entry = ArtifactFolder(folder).entries()["fold"]
    details: dict[str, Any] = read_json(folder / "fit.json")
    return details | {
        "repetition": repetition,
        "fold": fold,
        "seconds": entry["wall_seconds"],
        "cpu_seconds": entry["cpu_seconds"],
    }
