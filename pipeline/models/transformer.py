"""The fine-tuned transformer: one encoder, a head a task, trained on composed sentences and then on documents."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, set_seed

from pipeline.artifacts import write_json
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.evaluation.calibration import apply_temperature
from pipeline.models.base import Model, Probabilities, TrainingData
from pipeline.models.definition_vectors import definition_vectors
from pipeline.models.development import development_scores, temperatures
from pipeline.models.encoder import build_encoder, encoder_config, find_encoder, load_encoder, load_tokenizer
from pipeline.models.fine_tuning import FineTuning
from pipeline.models.inputs import InputForm, label_indices, rows_of, sentence_inputs
from pipeline.models.multitask import MultiTaskClassifier
from pipeline.models.precision import trains_in_bfloat16
from pipeline.models.training import History, PaddingCollator
from pipeline.models.transformer_folder import TransformerFolder, read_weights, write_weights
from pipeline.records import LabeledSentence
from pipeline.seeding import derive_seed
from pipeline.settings.transformer import TransformerSettings
from pipeline.splitting import development_split
from pipeline.targets import known_targets

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
        history = self._tuning.on_composed(composed, seed)
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
        history = self._tuning.on_documents(training, development, data.composed, seed)
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
            "precision": "bf16" if trains_in_bfloat16(self.settings.precision) else "fp32",
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
        """Begin from the pretrained encoder with fresh heads; those that are random are drawn from `seed`."""
        settings = self.settings
        folder = find_encoder(settings.name_or_path, settings.revision, settings.sha256)
        self._tokenizer = load_tokenizer(folder)
        # An operation without a deterministic form then raises instead of giving other numbers the next time.
        torch.use_deterministic_algorithms(True)
        # Nothing reads memory before writing it; filling all of it would take 6 % of the time.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        set_seed(derive_seed(seed, "heads"))
        self._network = self._network_on(load_encoder(folder))
        if settings.heads == "definitions":
            self._network.begin_heads(definition_vectors(self._network, self.inputs, self.codebook))
        self._network.freeze(settings.freeze_embeddings, settings.freeze_layers)

    def _network_on(self, encoder: PreTrainedModel) -> MultiTaskClassifier:
        counts = [len(task.labels) for task in self.codebook.tasks.values()]
        return MultiTaskClassifier(encoder, counts, self.settings.pooling, self.settings.dropout)

    def _restore_or_prepare(self, data: TrainingData, seed: int, prepared: Path | None) -> History:
        if self.settings.composed != "prepare" or not data.composed:
            return History()
        if prepared is None:
            return self._tuning.on_composed(data.composed, seed)
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

    @property
    def _tuning(self) -> FineTuning:
        return FineTuning(self.network, self.inputs, self.codebook, self.settings, self.on_progress)

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
                batched = collate(rows_of(columns, batch))
                for task, logits in zip(tasks, network(**batched), strict=True):
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
