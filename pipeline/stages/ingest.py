"""Documents in, sentences out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pipeline.artifacts import sha256_file, write_records
from pipeline.environment import code_hash
from pipeline.ingest import Corpus, ingest, input_files
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.settings.run import RunSettings
from pipeline.stages.outcome import Outcome


def run(settings: RunSettings, root: Path) -> Outcome:
    """Write documents.jsonl, sentences.jsonl and skipped.jsonl of the corpus, unless they are up to date.

    A labelled data set has rows.jsonl beside them.
    """
    layout = ProjectLayout(root)
    folder = layout.corpus(settings.corpus.name)
    work = Work(
        stage="ingest",
        config=asdict(settings.corpus),
        inputs={layout.relative(path): sha256_file(path) for path in input_files(settings.corpus, root)},
        code=code_hash(["ingest", "records.py"]),
    )
    corpus: list[Corpus] = []

    def produce(scratch: Path) -> None:
        corpus.append(ingest(settings.corpus, root))
        write_records(scratch / "documents.jsonl", corpus[0].documents)
        write_records(scratch / "sentences.jsonl", corpus[0].sentences)
        write_records(scratch / "skipped.jsonl", corpus[0].skipped)
        if settings.corpus.table is not None:
            write_records(scratch / "rows.jsonl", corpus[0].rows)

    ran = ArtifactFolder(folder).ensure(work, root, produce)
    summary = (
        f"{len(corpus[0].documents)} documents, {len(corpus[0].sentences)} sentences, {len(corpus[0].skipped)} skipped"
        if corpus
        else "up to date"
    )
    return Outcome("ingest", folder, ran, summary, corpus[0].warnings if corpus else ())
