"""The transformer on its ONNX form: tokenizers, an engine and NumPy, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ArtifactError
from pipeline.inference.backends import ONNXRUNTIME, Backend, load_backend
from pipeline.inference.encoding import Encoded, TextEncoder, batches
from pipeline.inference.explanation import OCCLUSION, WordContribution, occlusion
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.scorer import Probabilities

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


class TransformerScorer:
    """Probabilities of the transformer, temperatures applied; `threads` compute at once (None: one a core)."""

    method = OCCLUSION

    def __init__(
        self, folder: ModelFolder, precision: str, engine: str = ONNXRUNTIME, threads: int | None = None
    ) -> None:
        self._labels, self._threads = folder.labels, threads
        self._engine = load_backend(folder, Backend(engine, precision), threads)
        try:
            note = folder.note
            self._temperatures = {task: float(note["temperatures"][task]) for task in folder.labels}
            self._encoder = TextEncoder(
                folder.read("tokenizer.json"), int(note["max_length"]), bool(note["context"]), bool(folder.targets)
            )
        except ArtifactError:
            raise
        except Exception as error:  # the tokenizers library raises plain Exception
            raise ArtifactError(
                f"{folder.path}: no usable tokenizer or model.json ({error}); train it again"
            ) from error

    def prepare(self, texts: Sequence[str], contexts: Sequence[str], targets: Sequence[str]) -> list[Encoded]:
        """Token ids of each text."""
        return self._encoder.encode(texts, contexts, targets)

    def probabilities(self, prepared: list[Encoded], batch_size: int) -> Probabilities:
        """Calibrated probabilities a task, shape (texts, labels); batches run on all cores."""
        found = {task: np.empty((len(prepared), len(labels))) for task, labels in self._labels.items()}
        work = list(batches(prepared, batch_size))
        done = map(self._engine.logits, work) if len(work) < 2 else self._pool.map(self._engine.logits, work)
        for batch, logits in zip(work, done, strict=True):
            for task, values in logits.items():
                found[task][batch.positions] = _softmax(values.astype(np.float64) / self._temperatures[task])
        return found

    def explain(
        self, text: str, context: str, labels: Mapping[str, str], target: str = ""
    ) -> dict[str, list[WordContribution]]:
        """Occlusion, one word at a time."""
        indices = {task: self._labels[task].index(label) for task, label in labels.items()}

        def ask(texts: Sequence[str]) -> Probabilities:
            return self.probabilities(self.prepare(texts, [context] * len(texts), [target] * len(texts)), 32)

        return occlusion(text, indices, ask)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor

        from pipeline.environment import usable_cores

        return ThreadPoolExecutor(self._threads or usable_cores(), thread_name_prefix="engine")


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
