"""The cells of the probes: which model is trained on which changed sentences, into which folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.artifacts import read_records, sha256_file, sha256_json
from pipeline.manifest import Work
from pipeline.probes.catalog import UNCHANGED, chosen_probes
from pipeline.probes.probe import Part, Probe
from pipeline.probes.study import Study
from pipeline.records import Document, LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.model import ModelSettings
from pipeline.stages.cells import Cell, FoldCell, PrepareCell
from pipeline.stages.model_code import model_code

if TYPE_CHECKING:
    from pipeline.stages.train import TrainingPlan


@dataclass(frozen=True, slots=True)
class Asked:
    """A probe put to a model: where the predictions of each part are, by its name, and those of the unchanged model."""

    probe: Probe
    model: str
    parts: dict[str, Path]
    reference: tuple[Path, ...]


class ProbePlan:
    """What `settings.probes` asks for on top of the cells of `plan`.

    A cell is known by the sentences that a probe made, whatever code made them, and by the code that trains on them.
    """

    def __init__(self, plan: TrainingPlan) -> None:
        self.plan, self.settings, self.layout = plan, plan.settings, plan.layout
        self.models = tuple(name for name in plan.settings.model if name in plan.settings.probes.models)

    @cached_property
    def study(self) -> Study:
        """The sentences and folds that the probes change."""
        return study_of(self.plan, composed=not self.settings.probes.quick)

    @cached_property
    def obstacles(self) -> dict[str, str]:
        """Probes that were asked for and cannot be put, with the reason."""
        found = {probe.name: probe.obstacle(self.study) for probe in chosen_probes(self.settings.probes)}
        return {name: reason for name, reason in found.items() if reason}

    @property
    def probes(self) -> list[Probe]:
        """The probes that can be put."""
        return [probe for probe in chosen_probes(self.settings.probes) if probe.name not in self.obstacles]

    def asked(self) -> list[Asked]:
        """Every probe with every model that it is put to."""
        return [
            Asked(
                probe=probe,
                model=model,
                parts={
                    part: self._folder(probe, model, number) for number, part in enumerate(probe.divide(self.study))
                },
                reference=self._reference(model),
            )
            for probe in self.probes
            for model in self.models
        ]

    def waves(self) -> list[Sequence[Cell]]:
        """All cells, cheap models first; each wave may need what the run's own cells and earlier waves have made."""
        probes = self.probes
        if probes and self.settings.probes.quick:
            probes = [UNCHANGED, *probes]
        waves: list[Sequence[Cell]] = []
        sizes = len(self.plan.sentences), len(self.plan.composed)
        for model in sorted(self.models, key=lambda name: self.settings.model[name].fit_seconds(*sizes)):
            waves.append([cell for probe in probes for cell in self._prepare_cells(probe, model)])
            waves.append([cell for probe in probes for cell in self._part_cells(probe, model)])
        return waves

    def _reference(self, model: str) -> tuple[Path, ...]:
        numbers = range(len(self.study.folds))
        if self.settings.probes.quick:
            return tuple(self._folder(UNCHANGED, model, number) for number in numbers)
        return tuple(self.layout.fold(self.settings.name, model, 0, number) for number in numbers)

    def _prepare_cells(self, probe: Probe, model: str) -> list[PrepareCell]:
        """Work on the composed sentences, where the probe changes them so that the run's own cannot be shared."""
        folder = self._prepared(probe, model)
        if folder is None or not probe.changes_sentences:
            return []
        settings: ModelSettings = self.settings.model[model]
        composed = probe.composed(self.study)
        seed = derive_seed(self.settings.seed, "prepare", model, 0)
        config = {"model": {"name": model, **settings.preparation()}}
        return [
            PrepareCell(
                **cell_fields(self.plan, settings, "prepare", config, {"composed": digest(composed)}, seed),
                folder=folder,
                title=f"{model}, {probe.name}, composed sentences",
                composed=composed,
                effort=settings.preparation_seconds(len(composed)),
            )
        ]

    def _part_cells(self, probe: Probe, model: str) -> list[FoldCell]:
        settings: ModelSettings = self.settings.model[model]
        if self.settings.probes.quick:
            settings = settings.untuned()
        cells = []
        for number, part in enumerate(probe.parts(self.study)):
            seed = derive_seed(self.settings.seed, "fold", model, 0, number)
            config = {"model": {"name": model, **asdict(settings)}}
            cells.append(
                FoldCell(
                    **cell_fields(self.plan, settings, "fold", config, inputs_of(part), seed),
                    effort=settings.fit_seconds(len(part.data.sentences), len(part.data.composed)),
                    folder=self._folder(probe, model, number),
                    title=f"{model}, {probe.name}, {part.name or 'unnamed'}",
                    data=part.data,
                    test=part.test,
                    repetition=0,
                    fold=number,
                    prepared=self._prepared(probe, model),
                )
            )
        return cells

    def _folder(self, probe: Probe, model: str, number: int) -> Path:
        return self.layout.probe(self.settings.name, probe.name, model) / f"fold-{number}"

    def _prepared(self, probe: Probe, model: str) -> Path | None:
        if not self.settings.model[model].prepares or self.settings.probes.quick:
            return None
        if probe.changes_sentences:
            return self.layout.probe(self.settings.name, probe.name, model) / "prepared"
        return self.plan.prepared(model, 0)


def study_of(plan: TrainingPlan, composed: bool) -> Study:
    """The first repetition of a run, with or without its composed sentences."""
    documents = read_records(plan.layout.corpus(plan.settings.corpus.name) / "documents.jsonl", Document)
    return Study(
        sentences=plan.sentences,
        composed=plan.composed if composed else (),
        folds=plan.folds.repetitions[0],
        groups=plan.folds.groups,
        kinds={document.id: document.kind or "" for document in documents},
        split=plan.settings.split,
        seed=plan.settings.seed,
    )


def cell_fields(
    plan: TrainingPlan, settings: ModelSettings, stage: str, config: dict[str, Any], inputs: dict[str, str], seed: int
) -> dict[str, Any]:
    """The fields that a cell has in common with those of the run's own folds; `config` names the model."""
    everywhere = {"codebook": asdict(plan.settings.codebook), "threads": plan.settings.train.threads}
    read = {name: sha256_file(plan.root / name) for name in settings.reads}
    code = model_code(settings._target_, saved=False)
    return {
        "work": Work(stage=stage, config=config | everywhere, inputs=inputs | read, code=code, seed=seed),
        "root": plan.root,
        "model": config["model"]["name"],
        "settings": settings,
        "codebook": plan.settings.codebook,
        "seed": seed,
    }


def inputs_of(part: Part) -> dict[str, str]:
    """Digests of everything that a model sees of `part`."""
    data = part.data
    return {
        "train": digest(data.sentences),
        "groups": sha256_json([data.groups[one.id] for one in data.sentences]),
        "composed": digest(data.composed),
        "development": digest(data.development),
        "test": digest(part.test),
    }


def digest(sentences: Sequence[LabeledSentence]) -> str:
    """Hex digest of all that a model can see of `sentences`, in their order."""
    return sha256_json([[one.id, one.text, one.context, one.target, one.labels] for one in sentences])
