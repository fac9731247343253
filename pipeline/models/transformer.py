"""The fine-tuned transformer: one encoder, a head a task, trained on composed sentences and then on documents."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from transformers import PreTrainedModel, PreTrainedTokenizerBase, set_seed

from pipeline.artifacts import write_json
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.evaluation.calibration import apply_temperature
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.models.country_swap import with_other_countries
from pipeline.models.development import development_scores, mean_log_loss, temperatures
from pipeline.models.encoder import build_encoder, encoder_config, find_encoder, load_encoder, load_tokenizer
from pipeline.models.inputs import InputForm, label_indices, sentence_inputs
from pipeline.models.multitask import IGNORED, MultiTaskClassifier, MultiTaskLoss, balanced_weights
from pipeline.models.precision import bfloat16_is_native
from pipeline.models.training import History, PaddingCollator, Plan, Variants, train
from pipeline.models.transformer_folder import TransformerFolder, read_weights, write_weights
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.transformer import TransformerSettings
from pipeline.splitting import development_split
from pipeline.targets import known_targets

SWAPPED_COPIES = 4
"""Variants of a sentence with other countries that an epoch may draw from."""
_PREDICTION_BATCH = 64
_PREPARED_WEIGHTS = "prepared.safetensors"
_PREPARED_NOTE = "prepared.json"


class TransformerModel(Model):
    """A multi-task sentence classifier on a pretrained encoder.

    `on_progress`, where set, is called after every training step with the steps done, the steps in all and the name of
    the phase (`composed` or `documents`).
    """

    settings: TransformerSettings

    def __init__(self, settings: TransformerSettings, codebook: Codebook) -> None:
        super().__init__(settings, codebook)
        unknown = [task for task in settings.task_weights if task not in codebook.tasks]
        if unknown:
            raise ConfigError(
                f"transformer.task_weights names {unknown[0]!r}; the codebook's tasks are {', '.join(codebook.tasks)}"
            )
        self.temperatures: dict[str, float] = dict.fromkeys(codebook.tasks, 1.0)
        self.targets: tuple[str, ...] = ()
        """Targets trained on; where there are any, the target is an input."""
        self._network: MultiTaskClassifier | None = None
        self._tokenizer: PreTrainedTokenizerBase | None = None

    @property
    def network(self) -> MultiTaskClassifier:
        """The fitted or loaded network, on the CPU; raises DataError before fit or load."""
        if self._network is None:
            raise DataError("the transformer has not been fitted or loaded; call fit or load first")
        return self._network

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The tokenizer that belongs to `network`; raises DataError before fit or load."""
        if self._tokenizer is None:
            raise DataError("the transformer has not been fitted or loaded; call fit or load first")
        return self._tokenizer

    @property
    def inputs(self) -> InputForm:
        """How text becomes token ids; raises DataError before fit or load."""
        return InputForm(self.tokenizer, self.settings.max_length, self.settings.context, bool(self.targets))

    def prepare(self, composed: Sequence[LabeledSentence], seed: int, folder: Path) -> None:
        """Train encoder and heads on the composed sentences and leave the weights in the existing `folder`.

        Does nothing unless the settings say `composed: prepare` and there are composed sentences.
        """
        if self.settings.composed != "prepare" or not composed:
            return
        self._start(seed)
        history = self._train_on_composed(composed, seed)
        write_weights(self.network, folder / _PREPARED_WEIGHTS)
        write_json(folder / _PREPARED_NOTE, {"seed": seed, "steps": history.steps, "sentences": history.sentences})

    def fit(self, data: TrainingData, seed: int, prepared: Path | None = None) -> dict[str, Any]:
        """Fine-tune on the fold's document sentences, from `prepared` where given, else from the pretrained encoder.

        Where the settings say `composed: prepare` and `prepared` is None, the composed sentences of `data` are trained
        on here first. Raises DataError without document sentences, ArtifactError when `prepared` does not fit.
        """
        if not data.sentences:
            raise DataError("the transformer got no document sentences to train on; check the split")
        began, began_cpu = time.perf_counter(), time.process_time()
        self._start(seed)
        self.targets = known_targets(data.sentences) if self.settings.targets else ()
        earlier = self._restore_or_prepare(data, seed, prepared)
        training, development = self._development_part(data, seed)
        history = self._train_on_documents(training, development, data.composed, seed)
        scores = self._assess(development)
        seconds = time.perf_counter() - began
        sentences = history.sentences + earlier.sentences
        return {
            "best_epoch": history.best_epoch,
            "development_log_losses": history.losses,
            "development": scores,
            "development_sentences": len(development),
            "truncated_sentences": self.inputs.truncated(data.sentences),
            "temperatures": dict(self.temperatures),
            "steps": history.steps + earlier.steps,
            "sentences_seen": sentences,
            "seconds": round(seconds, 3),
            "cpu_seconds": round(time.process_time() - began_cpu, 3),
            "sentences_per_second": round(sentences / seconds, 2),
            "trainable_parameters": sum(p.numel() for p in self.network.parameters() if p.requires_grad),
            "precision": "bf16" if bfloat16_is_native() else "fp32",
            "threads": torch.get_num_threads(),
        }

    def predict_proba(
        self,
        texts: Sequence[str],
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
    ) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels), rows summing to 1, in the order of `texts`.

        `contexts` and `targets` (one a text) are read by models fitted with them and ignored by others.
        """
        found = self._raw_probabilities(texts, contexts, targets)
        return {task: apply_temperature(values, self.temperatures[task]) for task, values in found.items()}

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), configuration, tokenizer and `model.json` into the empty `folder`."""
        TransformerFolder(folder).write(
            network=self.network,
            encoder=encoder_config(self.network.encoder),
            tokenizer=self.tokenizer,
            codebook=self.codebook,
            temperatures=self.temperatures,
            settings=self.settings,
            targets=self.targets,
        )

    def export(self, folder: Path, sentences: Sequence[LabeledSentence]) -> dict[str, Any]:
        """Write the ONNX forms beside the saved model; see `pipeline.models.export`."""
        from pipeline.models.export import export

        forms = export(self.network, self.tokenizer, folder, sentences)
        return {name: asdict(form) for name, form in forms.items()}

    @classmethod
    def load(cls, folder: Path) -> TransformerModel:
        """Read a saved model without network access and without running code from it.

        Raises ArtifactError when a file is missing, altered, of a newer format, or does not fit the others.
        """
        saved = TransformerFolder(folder)
        note = saved.read()
        model = cls(note.settings, note.codebook)
        model.temperatures, model.targets = note.temperatures, note.targets
        model._tokenizer = saved.read_tokenizer()
        try:
            network = model._network_on(build_encoder(note.encoder))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"{saved.encoder} describes no known encoder ({error}); train again") from error
        read_weights(network, saved.weights)
        model._network = network.eval()
        return model

    def _start(self, seed: int) -> None:
        """Begin from the pretrained encoder with fresh heads drawn from `seed`."""
        settings = self.settings
        folder = find_encoder(settings.name_or_path, settings.revision, settings.sha256)
        self._tokenizer = load_tokenizer(folder)
        # An operation without a deterministic form then raises instead of giving other numbers the next time.
        torch.use_deterministic_algorithms(True)
        set_seed(derive_seed(seed, "heads"))
        self._network = self._network_on(load_encoder(folder))
        self._network.freeze(settings.freeze_embeddings, settings.freeze_layers)

    def _network_on(self, encoder: PreTrainedModel) -> MultiTaskClassifier:
        counts = [len(task.labels) for task in self.codebook.tasks.values()]
        return MultiTaskClassifier(encoder, counts, self.settings.pooling, self.settings.dropout)

    def _restore_or_prepare(self, data: TrainingData, seed: int, prepared: Path | None) -> History:
        if self.settings.composed != "prepare" or not data.composed:
            return History()
        if prepared is None:
            return self._train_on_composed(data.composed, seed)
        read_weights(self.network, prepared / _PREPARED_WEIGHTS)
        return History()

    def _development_part(self, data: TrainingData, seed: int) -> tuple[list[LabeledSentence], list[LabeledSentence]]:
        """Training and development sentences; no group is in both, unless the data came with a development part."""
        if data.development:
            return list(data.sentences), list(data.development)
        by_id = {sentence.id: sentence for sentence in data.sentences}
        if self.settings.development_fraction == 0.0:
            return list(data.sentences), []
        chosen, held_out = development_split(
            list(by_id),
            data.groups,
            {name: sentence.labels for name, sentence in by_id.items()},
            self.settings.development_fraction,
            derive_seed(seed, "development"),
        )
        return [by_id[name] for name in chosen], [by_id[name] for name in held_out]

    def _train_on_composed(self, composed: Sequence[LabeledSentence], seed: int) -> History:
        settings = self.settings
        return train(
            self.network,
            self.tokenizer,
            self._rows(composed, derive_seed(seed, "composed", "countries")),
            self._plan("composed", settings.prepare_epochs, settings.prepare_learning_rate, 0.0, seed),
            self._loss(composed, [], 0.0),
            always=len(composed),
            share=0.0,
            variants=self._variants,
            progress=self.on_progress,
        )

    def _train_on_documents(
        self,
        training: Sequence[LabeledSentence],
        development: Sequence[LabeledSentence],
        composed: Sequence[LabeledSentence],
        seed: int,
    ) -> History:
        settings = self.settings
        extra = [] if settings.composed == "none" else list(composed)
        share = 1.0 if settings.composed == "mixed" else settings.replay
        return train(
            self.network,
            self.tokenizer,
            self._rows([*training, *extra], derive_seed(seed, "documents", "countries")),
            self._plan("documents", settings.epochs, settings.learning_rate, settings.averaging, seed),
            self._loss(training, extra, share),
            always=len(training),
            share=share,
            variants=self._variants,
            development=self.inputs.rows(development, self.codebook) if development else None,
            judge=mean_log_loss,
            progress=self.on_progress,
        )

    @property
    def _variants(self) -> Variants:
        share = self.settings.swap_countries
        free = any(task.country_free for task in self.codebook.tasks.values())
        return Variants(SWAPPED_COPIES, share) if share and free else Variants()

    def _rows(self, sentences: Sequence[LabeledSentence], seed: int) -> Dataset:
        """The sentences as the network reads them, and behind them their variants with other countries."""
        copies = range(self._variants.copies)
        swapped = [one for copy in copies for one in with_other_countries(sentences, self.codebook, seed + copy)]
        return self.inputs.rows([*sentences, *swapped], self.codebook)

    def _plan(self, name: str, epochs: int, learning_rate: float, averaging: float, seed: int) -> Plan:
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
            averaging=averaging,
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

    def _raw_probabilities(
        self, texts: Sequence[str], contexts: Sequence[str] | None, targets: Sequence[str] | None
    ) -> Probabilities:
        """Softmax of the heads in float64, before temperatures."""
        tasks = self.codebook.tasks
        found: Probabilities = {task: np.empty((len(texts), len(spec.labels))) for task, spec in tasks.items()}
        if not texts:
            return found
        columns = self.inputs.tokens(texts, contexts, targets)
        order = sorted(range(len(texts)), key=lambda index: len(columns["input_ids"][index]))
        collate = PaddingCollator(self.tokenizer)
        network = self.network.eval()
        with torch.inference_mode():
            for start in range(0, len(order), _PREDICTION_BATCH):
                batch = order[start : start + _PREDICTION_BATCH]
                rows = [{name: values[index] for name, values in columns.items()} for index in batch]
                for task, logits in zip(tasks, network(**collate(rows)), strict=True):
                    found[task][batch] = torch.softmax(logits.double(), dim=-1).numpy()
        return found

    def _assess(self, development: Sequence[LabeledSentence]) -> dict[str, dict[str, float]]:
        """Scores a task on the development part, none without one; temperatures are fitted on it, else they stay 1."""
        self.temperatures = dict.fromkeys(self.codebook.tasks, 1.0)
        if not development:
            return {}
        found = self._raw_probabilities(*sentence_inputs(development))
        gold = np.asarray([label_indices(sentence, self.codebook) for sentence in development])
        if self.settings.calibrate:
            self.temperatures |= temperatures(found, gold)
        return development_scores(found, gold)
