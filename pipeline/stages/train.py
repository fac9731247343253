"""Every model on every fold, then the final models on everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, read_records, sha256_file, sha256_json
from pipeline.environment import usable_cores
from pipeline.layout import ProjectLayout
from pipeline.manifest import Work
from pipeline.models.base import TrainingData
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.model import ModelSettings
from pipeline.settings.run import RunSettings
from pipeline.splitting import Fold, Folds
from pipeline.stages.cells import Cell, FinalCell, FoldCell, PrepareCell
from pipeline.stages.model_code import model_code
from pipeline.stages.outcome import Outcome
from pipeline.stages.pair_plan import PairPlan
from pipeline.stages.pool import run_cells
from pipeline.stages.probe_plan import ProbePlan


def run(settings: RunSettings, root: Path) -> Outcome:
    """Train what is not up to date and let `models/current` name the chosen final model; then put the probes.

    Warns of texts that a model cut short.
    """
    plan = TrainingPlan(settings, root)
    prepare = plan.prepare_cells()
    folds = plan.fold_cells()
    train: list[FoldCell | FinalCell] = [*folds, *plan.final_cells()]
    probes: list[Sequence[Cell]] = [PairPlan(plan).cells(), *ProbePlan(plan).waves()]
    # What needs no preparation fills the cores while the preparations run.
    waves: list[Sequence[Cell]] = [
        [*prepare, *(cell for cell in train if cell.prepared is None)],
        [cell for cell in train if cell.prepared is not None],
    ]
    jobs = settings.train.jobs or max(1, usable_cores() // settings.train.threads)
    ran = run_cells(waves, jobs, settings.train.threads, "train")
    layout = ProjectLayout(root)
    if settings.train.current:
        layout.point_current_to(layout.final(settings.name, settings.train.current))
    ran += run_cells(probes, jobs, settings.train.threads, "probes")
    total = len(prepare) + len(train) + sum(map(len, probes))
    summary = f"{ran} of {total} units of work done, the rest up to date" if ran else f"up to date ({total} units)"
    return Outcome("train", layout.models(settings.name), ran > 0, summary, truncation_warnings(folds))


def truncation_warnings(cells: Sequence[FoldCell]) -> tuple[str, ...]:
    """A line for each model that read only the beginning of some training sentences, from its first fold."""
    first = {cell.model: cell for cell in reversed(cells)}
    warnings = []
    for name, cell in first.items():
        cut = read_json(cell.folder / "fit.json").get("truncated_sentences", 0)
        if cut:
            warnings.append(
                f"{name}: {cut} of {len(cell.data.sentences)} training sentences are longer than"
                f" max_length={cell.settings.max_length} tokens and are cut; raise model.{name}.max_length to read all"
            )
    return tuple(warnings)


class TrainingPlan:
    """The cells of a run: which model learns from which sentences, with which seed, into which folder."""

    def __init__(self, settings: RunSettings, root: Path) -> None:
        self.settings, self.root, self.layout = settings, root, ProjectLayout(root)
        labeled = read_records(self.layout.corpus(settings.corpus.name) / "labels.jsonl", LabeledSentence)
        self.folds = Folds.from_json(read_json(self.layout.models(settings.name) / "folds.json"))
        if not settings.train.weight_by_confidence:
            labeled = [replace(sentence, confidence={}) for sentence in labeled]
        dropped = set(self.folds.dropped_composed)
        self.sentences = {sentence.id: sentence for sentence in labeled if not sentence.composed}
        self.composed = tuple(sentence for sentence in labeled if sentence.composed and sentence.id not in dropped)
        self._hashes = {key: sha256_json(asdict(sentence)) for key, sentence in self.sentences.items()}
        self._composed_hash = sha256_json([asdict(sentence) for sentence in self.composed])

    def prepare_cells(self) -> list[PrepareCell]:
        """One for each repetition of each model whose folds share work; the final model uses the first."""
        return [
            self._prepare_cell(name, repetition)
            for name, model in self.settings.model.items()
            if model.prepares
            for repetition in range(len(self.folds.repetitions))
        ]

    def prepared(self, name: str, repetition: int) -> Path | None:
        """Where that work lies; None for a model whose folds share none."""
        return self._prepare_cell(name, repetition).folder if self.settings.model[name].prepares else None

    def fold_cells(self) -> list[FoldCell]:
        """One for each model and fold of each repetition."""
        return [
            self._fold_cell(name, repetition, number, fold)
            for name in self.settings.model
            for repetition, folds in enumerate(self.folds.repetitions)
            for number, fold in enumerate(folds)
        ]

    def final_cells(self) -> list[FinalCell]:
        """One for each model that is to be kept, trained on all labelled sentences.

        A development part that came with the data keeps its use.
        """
        development = self.folds.repetitions[0][0].development
        everything = sorted(self.sentences.keys() - set(development))
        return [
            FinalCell(
                **self._common(name, "final", 0, self._inputs(everything, development)),
                folder=self.layout.final(self.settings.name, name),
                title=f"{name}, all sentences",
                data=self._data(everything, development),
                prepared=self.prepared(name, 0),
                effort=self._effort(name, everything),
            )
            for name in self.settings.train.final
        ]

    def _fold_cell(self, name: str, repetition: int, number: int, fold: Fold) -> FoldCell:
        inputs = self._inputs(fold.train, fold.development) | {"test": self._hash_of(fold.test)}
        return FoldCell(
            **self._common(name, "fold", repetition, inputs, number),
            folder=self.layout.fold(self.settings.name, name, repetition, number),
            title=f"{name}, repetition {repetition}, fold {number}",
            data=self._data(fold.train, fold.development),
            test=[self.sentences[key] for key in fold.test],
            repetition=repetition,
            fold=number,
            prepared=self.prepared(name, repetition),
            effort=self._effort(name, fold.train),
        )

    def _effort(self, name: str, training: Sequence[str]) -> float:
        settings: ModelSettings = self.settings.model[name]
        return settings.fit_seconds(len(training), len(self.composed))

    def _data(self, ids: Sequence[str], development: Sequence[str]) -> TrainingData:
        groups = {key: self.folds.groups[key] for key in (*ids, *development)}
        held_out = [self.sentences[key] for key in development]
        return TrainingData([self.sentences[key] for key in ids], groups, self.composed, held_out)

    def _prepare_cell(self, name: str, repetition: int) -> PrepareCell:
        common = self._common(name, "prepare", repetition, {"composed": self._composed_hash})
        return PrepareCell(
            **common,
            folder=self.layout.prepared(name, common["work"].fingerprint),
            title=f"{name}, repetition {repetition}, composed sentences",
            composed=self.composed,
            effort=self.settings.model[name].preparation_seconds(len(self.composed)),
        )

    def _inputs(self, ids: Sequence[str], development: Sequence[str]) -> dict[str, str]:
        groups = sha256_json([self.folds.groups[key] for key in ids])
        found = {"train": self._hash_of(ids), "groups": groups, "composed": self._composed_hash}
        return found | ({"development": self._hash_of(development)} if development else {})

    def _hash_of(self, ids: Sequence[str]) -> str:
        return sha256_json([self._hashes[key] for key in ids])

    def _common(
        self, name: str, use: str, repetition: int, inputs: Mapping[str, str], fold: int | None = None
    ) -> dict[str, Any]:
        parts = (use, name, repetition) if fold is None else (use, name, repetition, fold)
        seed = derive_seed(self.settings.seed, *parts)
        settings = self.settings.model[name]
        read = {file: sha256_file(self.root / file) for file in settings.reads}
        config = {
            "model": {"name": name, **(settings.preparation() if use == "prepare" else asdict(settings))},
            "codebook": asdict(self.settings.codebook),
            "threads": self.settings.train.threads,
        }
        return {
            "work": Work(
                stage=use,
                config=config,
                inputs={**inputs, **read},
                code=model_code(settings._target_, saved=use == "final"),
                seed=seed,
            ),
            "root": self.root,
            "model": name,
            "settings": settings,
            "codebook": self.settings.codebook,
            "seed": seed,
        }
