"""The transformer on its ONNX form: tokenizers, ONNX Runtime and NumPy, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ArtifactError, ConfigError
from pipeline.inference.encoding import Batch, Encoded, TextEncoder, batches
from pipeline.inference.engine import Engine, OnnxEngine
from pipeline.inference.explanation import OCCLUSION, WordContribution, occlusion
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.scorer import Probabilities

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

EXPORT, EXPORT_FORMAT = "export.json", 1
PRECISIONS = ("int8", "fp32")
"""Forms of the model, the one that is usually faster first."""


def offered_precisions(folder: ModelFolder) -> list[str]:
    """Forms that passed their check when the model was saved; raises ArtifactError where none did."""
    forms = _export_note(folder)["forms"]
    offered = [name for name in PRECISIONS if forms.get(name, {}).get("offered")]
    if not offered:
        reason = forms.get("fp32", {}).get("reason") or "none was made"
        raise ArtifactError(f"{folder.path} offers no ONNX form of the model ({reason}); train another encoder")
    return offered


def load_engine(folder: ModelFolder, precision: str) -> Engine:
    """The form `precision` of the model, ready to compute; raises ConfigError for one that is not offered."""
    note = _export_note(folder)
    form = note["forms"].get(precision, {})
    if not form.get("offered"):
        reason = form.get("reason") or f"the forms are {', '.join(offered_precisions(folder))}"
        raise ConfigError(f"precision {precision!r} is not offered by {folder.path}: {reason}")
    return OnnxEngine(folder.verified(str(form["file"])), note["inputs"], list(folder.labels))


def _export_note(folder: ModelFolder) -> dict[str, Any]:
    note = folder.read_json(EXPORT, "format", EXPORT_FORMAT)
    if not isinstance(note.get("forms"), dict) or not isinstance(note.get("inputs"), list):
        raise ArtifactError(f"{folder.path / EXPORT} is incomplete (no forms or inputs); train the model again")
    return note


class TransformerScorer:
    """Probabilities of the transformer, temperatures applied."""

    method = OCCLUSION

    def __init__(self, folder: ModelFolder, precision: str) -> None:
        self._labels, self._engine = folder.labels, load_engine(folder, precision)
        try:
            note = folder.note
            self._temperatures = {task: float(note["temperatures"][task]) for task in folder.labels}
            self._encoder = TextEncoder(folder.read("tokenizer.json"), int(note["max_length"]), bool(note["context"]))
        except ArtifactError:
            raise
        except Exception as error:  # the tokenizers library raises plain Exception
            raise ArtifactError(
                f"{folder.path}: no usable tokenizer or model.json ({error}); train it again"
            ) from error

    def prepare(self, texts: Sequence[str], contexts: Sequence[str]) -> list[Encoded]:
        """Token ids of each text."""
        return self._encoder.encode(texts, contexts)

    def probabilities(self, prepared: list[Encoded], batch_size: int) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels); batches run on all cores."""
        found = {task: np.empty((len(prepared), len(labels))) for task, labels in self._labels.items()}
        work = list(batches(prepared, batch_size))
        done = map(self._engine.logits, work) if len(work) < 2 else self._pool.map(self._engine.logits, work)
        for batch, logits in zip(work, done, strict=True):
            for task, values in logits.items():
                found[task][batch.positions] = _softmax(values.astype(np.float64) / self._temperatures[task])
        return found

    def explain(self, text: str, context: str, labels: Mapping[str, str]) -> dict[str, list[WordContribution]]:
        """Occlusion, one word at a time."""
        indices = {task: self._labels[task].index(label) for task, label in labels.items()}

        def ask(texts: Sequence[str]) -> Probabilities:
            return self.probabilities(self.prepare(texts, [context] * len(texts)), 32)

        return occlusion(text, indices, ask)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor

        from pipeline.environment import usable_cores

        return ThreadPoolExecutor(usable_cores(), thread_name_prefix="engine")


def sample_batches(count: int, size: int, tokens: int) -> list[Batch]:
    """Made-up batches to measure an engine on; the ids are small enough for any vocabulary."""
    ids = np.arange(size * tokens, dtype=np.int64).reshape(size, tokens) % 5
    return [Batch(list(range(size)), ids, np.zeros_like(ids)) for _ in range(count)]


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
