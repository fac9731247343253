"""Labelled sentences in, folds out; the leak check runs every time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pipeline.artifacts import read_json, read_records, sha256_file, write_json
from pipeline.environment import code_hash
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.records import LabeledSentence
from pipeline.settings.run import RunSettings
from pipeline.splitting import Folds, check_leakage, class_warnings, split
from pipeline.stages.outcome import Outcome

CODE = ("splitting", "records.py", "codebook.py", "seeding.py")


def run(settings: RunSettings, root: Path) -> Outcome:
    """Write folds.json of the run, unless it is up to date, and check it for leaks and missing classes either way."""
    layout = ProjectLayout(root)
    folder = layout.models(settings.name)
    labels = layout.corpus(settings.corpus.name) / "labels.jsonl"
    work = Work(
        stage="split",
        config={"split": asdict(settings.split), "codebook": asdict(settings.codebook)},
        inputs={layout.relative(labels): sha256_file(labels)},
        code=code_hash(CODE),
        seed=settings.seed,
    )
    labeled = read_records(labels, LabeledSentence)

    def produce(scratch: Path) -> None:
        made = split(labeled, settings.split, settings.seed)
        write_json(scratch / "folds.json", made.to_json())

    ran = ArtifactFolder(folder).ensure(work, root, produce)
    folds = Folds.from_json(read_json(folder / "folds.json"))
    leaks = check_leakage(folds, labeled, settings.split)
    warnings = class_warnings(folds, labeled, settings.codebook)
    if leaks:
        warnings.append(f"{len(leaks)} groups or near-duplicates lie on both sides of the {folds.strategy} folds")
    if settings.split.near_duplicate == 0:
        warnings.append("split.near_duplicate is 0: near-duplicates were not looked for and may lie on both sides")
    summary = (
        f"{len(folds.repetitions[0])} folds x {len(folds.repetitions)}, {len(set(folds.groups.values()))} groups, "
        f"{len(folds.dropped_composed)} composed sentences dropped as near-duplicates"
    )
    return Outcome("split", folder, ran, summary if ran else "up to date, no leak", tuple(warnings))
