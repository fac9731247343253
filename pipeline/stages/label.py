"""Sentences and annotations in, votes, resolved labels and agreement out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pipeline.artifacts import read_records, sha256_file, write_json, write_records
from pipeline.environment import code_hash
from pipeline.labeling import Labeling, label
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.records import Document, Sentence
from pipeline.seeding import derive_seed
from pipeline.settings.run import RunSettings
from pipeline.stages.outcome import Outcome


def run(settings: RunSettings, root: Path) -> Outcome:
    """Write labels.jsonl, votes.jsonl and agreement.json beside the sentences, unless they are up to date."""
    layout = ProjectLayout(root)
    folder = layout.corpus(settings.corpus.name)
    annotations = [
        root / name for name in (settings.labeling.gold, settings.labeling.passes, settings.labeling.composed) if name
    ]
    sources = [folder / "documents.jsonl", folder / "sentences.jsonl", *annotations]
    seed = derive_seed(settings.seed, "label")
    work = Work(
        stage="label",
        config={"labeling": asdict(settings.labeling), "codebook": asdict(settings.codebook)},
        inputs={layout.relative(path): sha256_file(path) for path in sources},
        code=code_hash(["labeling", "records.py", "codebook.py", "seeding.py"]),
        seed=seed,
    )
    labeling: list[Labeling] = []

    def produce(scratch: Path) -> None:
        documents = read_records(folder / "documents.jsonl", Document)
        sentences = read_records(folder / "sentences.jsonl", Sentence)
        names = {document.path: document.id for document in documents}
        labeling.append(label(sentences, names, settings.labeling, settings.codebook, root, seed))
        write_records(scratch / "labels.jsonl", labeling[0].labeled)
        write_records(scratch / "votes.jsonl", labeling[0].votes)
        write_json(scratch / "agreement.json", labeling[0].agreement)

    ran = ArtifactFolder(folder).ensure(work, root, produce)
    if not labeling:
        return Outcome("label", folder, ran, "up to date")
    composed = sum(sentence.composed for sentence in labeling[0].labeled)
    summary = (
        f"{len(labeling[0].labeled) - composed} labelled sentences, {composed} composed for training, "
        f"{len(labeling[0].votes)} votes, {len(labeling[0].unlabeled)} sentences without a label"
    )
    return Outcome("label", folder, ran, summary)
