"""Fine-tuning in two steps: on the composed sentences, then on the documents, with some composed ones replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.codebook import Codebook
from pipeline.models.callbacks import Progress
from pipeline.models.development import mean_log_loss
from pipeline.models.inputs import InputForm, label_indices
from pipeline.models.multitask import IGNORED, MultiTaskClassifier, MultiTaskLoss, balanced_weights
from pipeline.models.precision import trains_in_bfloat16
from pipeline.models.training import History, Plan, train
from pipeline.models.versions import versions
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.transformer import TransformerSettings


@dataclass(frozen=True, slots=True)
class FineTuning:
    """Trains `network` in place, as the settings say."""

    network: MultiTaskClassifier
    inputs: InputForm
    codebook: Codebook
    settings: TransformerSettings
    progress: Progress | None

    def on_composed(self, composed: Sequence[LabeledSentence], seed: int) -> History:
        """Train on the composed sentences alone, which keeps the mean weights or the last ones."""
        plan = self._plan("composed", self.settings.prepare_epochs, self.settings.prepare_learning_rate, seed)
        return self._train(plan, composed, [], 0.0, [], seed)

    def on_documents(
        self,
        training: Sequence[LabeledSentence],
        development: Sequence[LabeledSentence],
        composed: Sequence[LabeledSentence],
        seed: int,
    ) -> History:
        """Train on the documents, in every epoch with as many composed sentences as the settings say."""
        settings = self.settings
        extra = [] if settings.composed == "none" else composed
        share = 1.0 if settings.composed == "mixed" else settings.replay
        plan = self._plan("documents", settings.epochs, settings.learning_rate, seed)
        return self._train(plan, training, extra, share, development, seed)

    def _train(
        self,
        plan: Plan,
        always: Sequence[LabeledSentence],
        extra: Sequence[LabeledSentence],
        share: float,
        development: Sequence[LabeledSentence],
        seed: int,
    ) -> History:
        found = versions([*always, *extra], self.codebook, self.settings, derive_seed(seed, plan.name, "versions"))
        return train(
            self.network,
            self.inputs.tokenizer,
            self.inputs.rows(found.sentences, self.codebook),
            plan,
            self._loss(always, extra, share),
            always=len(always),
            share=share,
            versions=found.weights,
            development=self.inputs.rows(development, self.codebook) if development else None,
            judge=mean_log_loss,
            progress=self.progress,
        )

    def _plan(self, name: str, epochs: int, learning_rate: float, seed: int) -> Plan:
        settings = self.settings
        return Plan(
            name=name,
            epochs=epochs,
            learning_rate=learning_rate,
            layer_decay=settings.layer_decay,
            weight_decay=settings.weight_decay,
            warmup=settings.warmup,
            batch_size=settings.batch_size,
            patience=settings.patience,
            averaging=settings.averaging,
            bfloat16=trains_in_bfloat16(settings.precision),
            seed=derive_seed(seed, name),
        )

    def _loss(self, always: Sequence[LabeledSentence], extra: Sequence[LabeledSentence], share: float) -> MultiTaskLoss:
        """The loss, its class weights taken from the labels as often as an epoch shows them."""
        counts = [np.zeros(len(task.labels)) for task in self.codebook.tasks.values()]
        for sentences, times in ((always, 1.0), (extra, share)):
            for sentence in sentences:
                for task, index in enumerate(label_indices(sentence, self.codebook)):
                    if index != IGNORED:
                        counts[task][index] += times
        weights = [balanced_weights(count.tolist(), self.settings.class_weight_power) for count in counts]
        scales = [self.settings.task_weights.get(task, 1.0) for task in self.codebook.tasks]
        return MultiTaskLoss(weights, scales, self.settings.label_smoothing)
