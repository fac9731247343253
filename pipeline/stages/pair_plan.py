"""The cells of the minimal pairs: every final model, and every model that trains in no time, predicts them."""

from __future__ import annotations

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.probes.pairs import MinimalPair, read_pairs, refuse_known
from pipeline.probes.probe import Part
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.model import ModelSettings
from pipeline.settings.probes import MINIMAL_PAIRS
from pipeline.stages.cells import FinalCell, FoldCell, SavedCell
from pipeline.stages.probe_plan import cell_fields, digest, inputs_of, study_of

if TYPE_CHECKING:
    from pipeline.stages.train import TrainingPlan

INSTANT = 1.0
"""Models that take at most these seconds are trained on everything for the pairs, although nobody keeps them."""
LOADING = 0.5
"""Seconds, about, that a saved model takes to load and predict the pairs."""


class PairPlan:
    """Cells that predict the sentences of `settings.labeling.challenge`, where the probes ask for minimal pairs."""

    def __init__(self, plan: TrainingPlan) -> None:
        self.plan, self.settings, self.layout = plan, plan.settings, plan.layout

    @cached_property
    def pairs(self) -> list[MinimalPair]:
        """The pairs, none of them known to any model; raises DataError or LeakageError otherwise."""
        name = self.settings.labeling.challenge
        if not name or MINIMAL_PAIRS not in self.settings.probes.run:
            return []
        pairs = read_pairs(self.plan.root, name, self.settings.codebook)
        refuse_known(pairs, (*self.plan.sentences.values(), *self.plan.composed), self.settings.split.near_duplicate)
        return pairs

    def cells(self) -> list[FoldCell]:
        """One a model, in the order of the run's models."""
        if not self.pairs:
            return []
        test = tuple(sentence for pair in self.pairs for sentence in pair.sentences)
        finals = {cell.model: cell for cell in self.plan.final_cells()}
        cells: list[FoldCell] = []
        for name, settings in self.settings.model.items():
            if name in finals:
                cells.append(self._saved(finals[name], settings, test))
            elif settings.fit_seconds(len(self.plan.sentences), len(self.plan.composed)) <= INSTANT:
                cells.append(self._trained(name, settings, test))
        return cells

    def _saved(self, final: FinalCell, settings: ModelSettings, test: tuple[LabeledSentence, ...]) -> SavedCell:
        inputs = {"model": final.work.fingerprint, "test": digest(test)}
        common = cell_fields(self.plan, settings, "fold", {"model": {"name": final.model}}, inputs, final.seed)
        return SavedCell(
            **common,
            effort=LOADING,
            **self._place(final.model),
            data=final.data,
            test=test,
            repetition=0,
            fold=0,
            prepared=None,
            saved=final.folder,
        )

    def _trained(self, name: str, settings: ModelSettings, test: tuple[LabeledSentence, ...]) -> FoldCell:
        part = Part("all sentences", study_of(self.plan, composed=True).whole(), test)
        seed = derive_seed(self.settings.seed, "final", name, 0)
        config = {"model": {"name": name, **asdict(settings)}}
        return FoldCell(
            **cell_fields(self.plan, settings, "fold", config, inputs_of(part), seed),
            effort=INSTANT,
            **self._place(name),
            data=part.data,
            test=test,
            repetition=0,
            fold=0,
            prepared=None,
        )

    def _place(self, model: str) -> dict[str, Any]:
        folder = self.layout.probe(self.settings.name, MINIMAL_PAIRS, model) / "fold-0"
        return {"folder": folder, "title": f"{model}, minimal pairs"}
