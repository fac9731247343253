"""The classifier: one model folder, loaded once, for texts in Python, streams, HTTP and clusters."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.inference.explanation import WordContribution
from pipeline.inference.items import Item, Rejection, Unit, unencodable
from pipeline.inference.model_folder import ModelFolder, TaskReliability
from pipeline.inference.record import ClassifiedSentence, TaskPrediction
from pipeline.inference.scorer import Scorer
from pipeline.inference.threads import ahead, gathered

DECIMALS = 6
"""Decimals of every probability: what is written is what was compared with the threshold."""
BATCH_SIZE = 16
"""Sentences that an engine computes at once: with more, what lies between two products leaves the core's cache."""
_CHUNK = 2048
_REMEMBERED_TEXTS = 1 << 16

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some units of a stream, and those texts among them that are new, prepared for the model."""

    units: list[Unit]
    keys: list[bytes]
    new: list[bytes]
    prepared: Any


class Classifier:
    """Stance, frame, holder, or whatever tasks the model has, for any number of sentences.

    A sentence's record depends on nothing but the sentence (with its context and target) and the model: not on the
    order, the batch, the number of threads or earlier calls. `predict` and `classify` may be called from several
    threads at once.
    """

    def __init__(
        self,
        folder: ModelFolder,
        scorer: Scorer,
        precision: str | None,
        tasks: Sequence[str] | None = None,
        abstain_below: float | None = None,
        engine: str | None = None,
    ) -> None:
        if abstain_below is not None and not 0.0 <= abstain_below <= 1.0:
            raise ConfigError(f"abstain_below is {abstain_below}, a probability lies between 0 and 1")
        chosen = list(folder.labels) if tasks is None else list(tasks)
        if unknown := [task for task in chosen if task not in folder.labels]:
            raise ConfigError(f"unknown task {unknown[0]!r}; {folder.path} answers {', '.join(folder.labels)}")
        if not chosen:
            raise ConfigError(f"no task to answer; {folder.path} answers {', '.join(folder.labels)}")
        self.path = folder.path
        self.model, self.codebook, self.kind = folder.identifier, folder.codebook, folder.kind
        self.engine, self.precision = engine, precision
        """`onnxruntime` or `openvino`, and `int8`, `fp32` or `bf16`, for a transformer; None for the baseline."""
        self.labels: Mapping[str, tuple[str, ...]] = {task: folder.labels[task] for task in chosen}
        """Labels of each answered task in codebook order."""
        self.reliability: Mapping[str, TaskReliability] = {
            task: known if abstain_below is None else replace(known, abstain_below=abstain_below)
            for task, known in folder.reliability().items()
            if task in self.labels
        }
        """Threshold and tiers of each answered task."""
        self.targets = folder.targets
        """Targets that the model was trained on; where there are any, every text needs one."""
        self.reads_context = folder.reads_context
        """True where the model reads what stands before a sentence, too."""
        self.explanation_method = scorer.method
        self._scorer = scorer

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        tasks: Sequence[str] | None = None,
        abstain_below: float | None = None,
        engine: str = "auto",
        precision: str = "auto",
        measure: bool = False,
        threads: int | None = None,
    ) -> Classifier:
        """Load the model folder at `path`, every file that is read checked against its manifest.

        `tasks` limits the answer; `abstain_below` replaces the stored thresholds of all tasks. `engine` is
        `onnxruntime`, `openvino` or `auto`, `precision` is `int8`, `fp32`, `bf16` (OpenVINO) or `auto`: whichever was
        measured to be fastest on this machine, which `measure` does (some seconds) where it is not known yet;
        unmeasured, ONNX Runtime's int8. `threads` compute at once, as many as there are cores by default. Raises
        ArtifactError for a folder that is incomplete, altered or newer, ConfigError for a task, an engine or a
        precision that the model does not offer.
        """
        folder = ModelFolder(Path(path))
        if folder.kind == "transformer":
            from pipeline.inference.engine_choice import choose_backend
            from pipeline.inference.transformer_scorer import TransformerScorer

            chosen = choose_backend(folder, engine, precision, measure)
            scorer = TransformerScorer(folder, chosen.precision, chosen.engine, threads)
            return cls(folder, scorer, chosen.precision, tasks, abstain_below, chosen.engine)
        if folder.kind == "tfidf":
            from pipeline.inference.tfidf_scorer import TfidfScorer

            return cls(folder, TfidfScorer(folder), None, tasks, abstain_below)
        if folder.kind == "rules":
            from pipeline.inference.rules_scorer import RulesScorer

            return cls(folder, RulesScorer(folder), None, tasks, abstain_below)
        known = "transformer, tfidf and rules"
        raise ArtifactError(f"{path} holds a model of kind {folder.kind!r}; this version knows {known}")

    def predict(
        self,
        texts: Sequence[str],
        *,
        contexts: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> list[ClassifiedSentence]:
        """One record for each text, in order, with ids `1`, `2` …

        `contexts` tell what stands before each text, `targets` what its stance is towards; models trained on several
        targets need them. Raises DataError for what is no text and where targets are missing.
        """
        if isinstance(texts, str):
            raise DataError("predict takes a list of texts, not one text; write predict([text])")
        before = [""] * len(texts) if contexts is None else list(contexts)
        if len(before) != len(texts):
            raise DataError(f"predict got {len(texts)} texts and {len(before)} contexts; give one context a text")
        if targets is None and self.targets:
            raise DataError(f"{self.path} knows stances towards {', '.join(self.targets)}; give one target a text")
        about = [""] * len(texts) if targets is None else list(targets)
        if len(about) != len(texts):
            raise DataError(f"predict got {len(texts)} texts and {len(about)} targets; give one target a text")
        inputs = zip(texts, before, about, strict=True)
        items = [Item(str(n), text, context, target=target) for n, (text, context, target) in enumerate(inputs, 1)]
        return self.classify(items, batch_size)

    def classify(self, items: Sequence[Item], batch_size: int = BATCH_SIZE) -> list[ClassifiedSentence]:
        """One record for each item, in order; equal texts are computed once. Raises DataError for what is no text."""
        for item in items:
            if not isinstance(item.text, str):
                raise DataError(f"item {item.id} is {type(item.text).__name__}, not a text; leave it out")
            if reason := unencodable(item.text):
                raise DataError(f"item {item.id}: {reason}; repair the text or leave it out")
        chunk = self._prepare(list(items), OrderedDict())
        rows = self._scores(chunk, batch_size)
        return [self._record(item, rows[key]) for item, key in zip(items, chunk.keys, strict=True)]

    def stream(
        self, units: Iterable[Unit], batch_size: int = BATCH_SIZE
    ) -> Iterator[list[ClassifiedSentence | Rejection]]:
        """Groups of results in the order of `units`, rejections passed through, in constant memory.

        Reading and tokenizing run in the background. A group has whatever units were there, at most 2,048, so that a
        slow source is answered line by line. Equal texts among the last 65,536 different ones are computed once.
        """
        remembered: OrderedDict[bytes, Scores] = OrderedDict()
        known: OrderedDict[bytes, None] = OrderedDict()
        prepared = (self._prepare(group, known) for group in gathered(units, _CHUNK))
        for chunk in ahead(prepared, 2):
            for key, row in self._scores(chunk, batch_size).items():
                remembered[key] = row
                remembered.move_to_end(key)
            items = iter(chunk.keys)
            yield [
                unit if isinstance(unit, Rejection) else self._record(unit, remembered[next(items)])
                for unit in chunk.units
            ]
            while len(remembered) > _REMEMBERED_TEXTS + 4 * _CHUNK:
                remembered.popitem(last=False)

    def explain(self, item: Item, record: ClassifiedSentence) -> dict[str, list[WordContribution]]:
        """What each word adds to the predicted label of each task; `explanation_method` names how it is found."""
        labels = {task: found.label for task, found in record.tasks.items()}
        return self._scorer.explain(item.text, item.context, labels, item.target)

    def _prepare(self, units: list[Unit], known: OrderedDict[bytes, None]) -> _Chunk:
        """Tokenize the texts that are not in `known`, and add them to it, forgetting the oldest."""
        items = [unit for unit in units if isinstance(unit, Item)]
        keys = [_key(item) for item in items]
        new: dict[bytes, Item] = {}
        for key, item in zip(keys, items, strict=True):
            if key not in known:
                new.setdefault(key, item)
        for key in new:
            known[key] = None
        while len(known) > _REMEMBERED_TEXTS:
            known.popitem(last=False)
        inputs = [[getattr(item, name) for item in new.values()] for name in ("text", "context", "target")]
        return _Chunk(units, keys, list(new), self._scorer.prepare(*inputs) if new else None)

    def _scores(self, chunk: _Chunk, batch_size: int) -> dict[bytes, Scores]:
        """Probabilities of all answered tasks side by side, for each new text."""
        if not chunk.new:
            return {}
        if batch_size < 1:
            raise ConfigError(f"batch_size is {batch_size}, it must be at least 1")
        found = self._scorer.probabilities(chunk.prepared, batch_size)
        rows = np.round(np.concatenate([found[task] for task in self.labels], axis=1), DECIMALS)
        return dict(zip(chunk.new, rows, strict=True))

    def _record(self, item: Item, row: Scores) -> ClassifiedSentence:
        tasks: dict[str, TaskPrediction] = {}
        values = row.tolist()
        for task, labels in self.labels.items():
            own, values = values[: len(labels)], values[len(labels) :]
            best = own.index(max(own))
            below = self.reliability[task].abstain_below
            abstained = below is not None and own[best] < below
            tasks[task] = TaskPrediction(labels[best], own[best], dict(zip(labels, own, strict=True)), abstained)
        return ClassifiedSentence(
            id=item.id,
            text=item.text,
            tasks=tasks,
            tier={task: self.reliability[task].tier(found.label) for task, found in tasks.items()},
            model=self.model,
            codebook=self.codebook,
            document=item.document,
            start=item.start,
            end=item.end,
            page=item.page,
            target=item.target if self.targets else None,
        )


def _key(item: Item) -> bytes:
    """What identifies a text, its context and its target in 16 bytes, however long they are."""
    digest = hashlib.blake2b(item.text.encode(), digest_size=16)
    digest.update(b"\0" + item.context.encode() + (b"\0" + item.target.encode() if item.target else b""))
    return digest.digest()
