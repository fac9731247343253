"""Concurrent requests share the model: whatever waits when it is free is computed together."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.inference.classifier import Classifier
from pipeline.inference.items import Item
from pipeline.inference.record import ClassifiedSentence
from pipeline.serving.limits import Limits
from pipeline.serving.metrics import Metrics
from pipeline.serving.problems import Refusal

_TEXTS = 32
"""Texts that the model is given at once: enough for every core, and over in a moment."""
_SHARE = 8
"""Texts that a request may put into a batch before others have their turn: a book does not hold up a sentence."""
STOPPING = "the server is shutting down; send the request again in a moment, or to another one"


@dataclass(frozen=True, slots=True)
class Options:
    """What a request wants to know of each text."""

    tasks: Sequence[str]
    explain: bool = False
    abstain_below: float | None = None


@dataclass(slots=True, eq=False)
class _Job:
    """The texts of one request. Predictions come in the order of the items, explanations once all are there."""

    items: Sequence[Item]
    options: Options
    done: asyncio.Future[list[dict[str, Any]]]
    taken: int = 0
    found: list[ClassifiedSentence] = field(default_factory=list)
    explained: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Texts that no batch has taken yet."""
        return len(self.items) - self.taken

    def finish(self) -> None:
        """Answer the request; its client may have left meanwhile."""
        if not self.done.done():
            records = [record.to_dict() for record in self.found]
            for record, explanation in zip(records, self.explained, strict=False):
                record["explanation"] = explanation
            self.done.set_result(records)


class Batcher:
    """Feeds one classifier from many requests, one batch at a time in a thread of its own.

    There is no waiting for a batch to fill: an idle server answers a single text at once, and under load batches fill
    by themselves while the one before is computed. Requests take turns within a batch. Batches and explanations (which
    cost a prediction a word) alternate.
    """

    def __init__(self, classifier: Classifier, limits: Limits, metrics: Metrics) -> None:
        self._classifier, self._limits, self._metrics = classifier, limits, metrics
        self._jobs: deque[_Job] = deque()
        self._unexplained: deque[_Job] = deque()
        self._there = asyncio.Event()
        self._stopping = False
        self._waiting = 0
        self._seconds_a_text = 0.0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classifier")
        self._worker: asyncio.Task[None] | None = None

    @property
    def stopping(self) -> bool:
        """True as soon as no new work is taken."""
        return self._stopping

    def start(self) -> None:
        """Begin to work in the running event loop."""
        self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Take no new work, finish what was taken."""
        self._stopping = True
        self._there.set()
        if self._worker is not None:
            await self._worker
        self._thread.shutdown()

    async def classify(self, items: Sequence[Item], options: Options) -> list[dict[str, Any]]:
        """Records of `items` in order; raises Refusal where the queue is full or the server is shutting down.

        Cancelled, the texts that wait are dropped.
        """
        if self._stopping:
            raise Refusal(503, STOPPING, 1)
        if self._waiting + len(items) > self._limits.queue and self._waiting:
            wait = min(max(math.ceil(self._waiting * self._seconds_a_text), 1), math.ceil(self._limits.timeout))
            detail = f"{self._waiting:,} texts wait already; send the request again in {wait} s, or fewer at once"
            raise Refusal(429, detail, wait)
        if not items:
            return []
        job = _Job(items, options, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._count(len(items))
        self._there.set()
        return await job.done

    def _count(self, change: int) -> None:
        self._waiting += change
        self._metrics.waiting.set(self._waiting)

    async def _work(self) -> None:
        while self._jobs or self._unexplained or not self._stopping:
            if batch := self._next_batch():
                await self._compute(batch)
            if self._unexplained:
                await self._explain_one(self._unexplained.popleft())
            if not self._jobs and not self._unexplained and not self._stopping:
                self._there.clear()
                await self._there.wait()

    def _next_batch(self) -> list[tuple[_Job, Item]]:
        """Up to _TEXTS texts, some of each waiting request in turn."""
        batch: list[tuple[_Job, Item]] = []
        while self._jobs and len(batch) < _TEXTS:
            job = self._jobs.popleft()
            if job.done.done():
                self._count(-job.left)
                continue
            some = job.items[job.taken :][: min(_SHARE, _TEXTS - len(batch))]
            batch += [(job, item) for item in some]
            job.taken += len(some)
            self._count(-len(some))
            if job.left:
                self._jobs.append(job)
        return batch

    async def _compute(self, batch: Sequence[tuple[_Job, Item]]) -> None:
        began = time.perf_counter()
        items = [item for _, item in batch]
        try:
            records = await self._in_thread(self._classifier.classify, items)
        except Exception as error:  # whatever it is, the requests must hear of it and the server goes on
            for job, _ in batch:
                _fail(job, error)
            return
        seconds = time.perf_counter() - began
        self._seconds_a_text = seconds / len(items)
        self._metrics.batch(len(items), seconds)
        for (job, _), record in zip(batch, records, strict=True):
            job.found.append(record.narrowed(job.options.tasks, job.options.abstain_below))
            if len(job.found) == len(job.items):
                if job.options.explain:
                    self._unexplained.append(job)
                    self._count(len(job.items))
                else:
                    job.finish()

    async def _explain_one(self, job: _Job) -> None:
        number = len(job.explained)
        if job.done.done():
            self._count(number - len(job.items))
            return
        self._count(-1)
        try:
            found = await self._in_thread(self._classifier.explain, job.items[number], job.found[number])
        except Exception as error:  # as above
            _fail(job, error)
            self._count(number + 1 - len(job.items))
            return
        tasks = {task: [asdict(word) for word in words] for task, words in found.items()}
        job.explained.append({"method": self._classifier.explanation_method, "tasks": tasks})
        if len(job.explained) == len(job.items):
            job.finish()
        else:
            self._unexplained.append(job)

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


def _fail(job: _Job, error: Exception) -> None:
    if not job.done.done():
        job.done.set_exception(error)
