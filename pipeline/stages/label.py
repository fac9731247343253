"""Sentences, annotations and labelling functions in, votes, resolved labels and agreement out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from pipeline.artifacts import read_json, read_records, sha256_file, write_atomically, write_json, write_records
from pipeline.environment import code_hash
from pipeline.labeling.functions import LabelingFunction, PythonFunction, load_functions
from pipeline.labeling.labeling import Labeling, label
from pipeline.layout import ProjectLayout
from pipeline.manifest import ArtifactFolder, Work
from pipeline.records import Document, LabeledSentence, Sentence, TableRow, Vote
from pipeline.seeding import derive_seed
from pipeline.settings.labeling import LabelingSettings
from pipeline.settings.run import RunSettings
from pipeline.stages.outcome import Outcome

CODE = ("labeling", "records.py", "codebook.py", "seeding.py")
ANALYSIS = ("labeling_functions.json", "labeling_functions.md")


def run(settings: RunSettings, root: Path) -> Outcome:
    """Write labels.jsonl, votes.jsonl and agreement.json beside the sentences, unless they are up to date.

    With `labeling.analyze`, also labeling_functions.json and .md, and print how the labelling functions do.
    """
    layout = ProjectLayout(root)
    folder = layout.corpus(settings.corpus.name)
    functions = load_functions(settings.labeling, settings.codebook, root)
    rows = [folder / "rows.jsonl"] if settings.corpus.table is not None else []
    sources = [
        folder / "documents.jsonl",
        folder / "sentences.jsonl",
        *rows,
        *(root / name for name in annotation_files(settings.labeling)),
        *sorted({function.source for function in functions if isinstance(function, PythonFunction)}),
    ]
    seed = derive_seed(settings.seed, "label")
    work = Work(
        stage="label",
        config={"labeling": _label_config(settings.labeling), "codebook": asdict(settings.codebook)},
        inputs={layout.relative(path): sha256_file(path) for path in sources},
        code=code_hash(CODE),
        seed=seed,
    )
    labeling: list[Labeling] = []

    def produce(scratch: Path) -> None:
        documents = read_records(folder / "documents.jsonl", Document)
        labeling.append(
            label(
                read_records(folder / "sentences.jsonl", Sentence),
                {document.path: document.id for document in documents},
                settings.labeling,
                settings.codebook,
                root,
                seed,
                functions,
                [row for path in rows for row in read_records(path, TableRow)],
                settings.corpus.name,
            )
        )
        write_records(scratch / "labels.jsonl", labeling[0].labeled)
        write_records(scratch / "votes.jsonl", labeling[0].votes)
        write_json(scratch / "agreement.json", labeling[0].agreement)

    ran = ArtifactFolder(folder).ensure(work, root, produce)
    if settings.labeling.analyze:
        _analyze(settings, root, functions)
    if not labeling:
        return Outcome("label", folder, ran, "up to date")
    return Outcome("label", folder, ran, _summary(labeling[0]), _warnings(labeling[0].labeled))


def annotation_files(settings: LabelingSettings) -> list[str]:
    """Every file that `settings` name, relative to the project root."""
    single = [name for name in (settings.gold, settings.passes) if name]
    return [*single, *settings.composed, *settings.votes, *settings.version_maps.values(), *settings.rules]


def _label_config(settings: LabelingSettings) -> dict[str, object]:
    """The settings without those that change no label."""
    return {name: value for name, value in asdict(settings).items() if name not in ("analyze", "challenge")}


def _analyze(settings: RunSettings, root: Path, functions: Sequence[LabelingFunction]) -> None:
    """Write the analysis of the labelling functions beside the votes, unless it is up to date, and print it."""
    from pipeline.labeling.analysis import analyze
    from pipeline.labeling.analysis_text import markdown, print_analysis

    layout = ProjectLayout(root)
    folder = layout.corpus(settings.corpus.name)
    sources = [folder / "sentences.jsonl", folder / "votes.jsonl"]
    work = Work(
        stage="label_analysis",
        config={"labeling": asdict(settings.labeling), "codebook": asdict(settings.codebook)},
        inputs={layout.relative(path): sha256_file(path) for path in sources},
        code=code_hash(CODE),
    )

    def produce(scratch: Path) -> None:
        votes = read_records(folder / "votes.jsonl", Vote)
        sentences = read_records(folder / "sentences.jsonl", Sentence)
        found = analyze(functions, votes, sentences, settings.codebook, settings.labeling)
        write_json(scratch / ANALYSIS[0], found)
        write_atomically(scratch / ANALYSIS[1], markdown(found))

    ArtifactFolder(folder).ensure(work, root, produce)
    console = Console(width=None if sys.stdout.isatty() else 120)
    print_analysis(read_json(folder / ANALYSIS[0]), console)
    for name in ANALYSIS:
        console.print(layout.relative(folder / name), markup=False, highlight=False, soft_wrap=True)


def _summary(labeling: Labeling) -> str:
    composed = sum(sentence.composed for sentence in labeling.labeled)
    return (
        f"{len(labeling.labeled) - composed} labelled sentences, {composed} composed for training, "
        f"{len(labeling.votes)} votes, {len(labeling.unlabeled)} sentences without a label"
    )


def _warnings(labeled: Sequence[LabeledSentence]) -> tuple[str, ...]:
    """A line for each task that rules alone decided somewhere."""
    decided = Counter(task for sentence in labeled for task in sentence.labels if sentence.is_by_rules(task))
    return tuple(
        f"{task}: {count} labels are by rules alone; a score on them says how far a model agrees with the rules"
        for task, count in decided.items()
    )
