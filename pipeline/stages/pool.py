"""Runs cells in worker processes, each with a fixed number of threads, so that results do not depend on the cores."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.context import SpawnContext
from multiprocessing.queues import SimpleQueue

from pipeline.progress import Progress
from pipeline.stages.cells import Cell

_events: SimpleQueue[tuple[str, float]] | None = None
"""In a worker: where to report the share of a cell's work that is done."""


def run_cells(waves: Sequence[Sequence[Cell]], jobs: int, threads: int, description: str) -> int:
    """Run every cell that is not up to date, wave after wave; return how many ran.

    A wave starts when the one before has ended. The first error ends the whole run; what was published stays.
    """
    stale = [[cell for cell in wave if not cell.is_current()] for wave in waves]
    total = sum(cell.effort for wave in stale for cell in wave)
    if not total:
        return 0
    ran = 0
    context = _spawning()
    events = context.SimpleQueue()
    progress = Progress(description, total, expected=total / jobs)
    with progress, _listening(events, progress, stale), _environment(threads):
        for wave in stale:
            if not wave:
                continue
            workers = min(jobs, len(wave))
            with ProcessPoolExecutor(
                workers, context, initializer=_start_worker, initargs=(events, os.getpid())
            ) as pool:
                futures = [pool.submit(_run_cell, cell) for cell in sorted(wave, key=lambda cell: -cell.effort)]
                try:
                    ran += sum(future.result() for future in as_completed(futures))
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    for process in multiprocessing.active_children():
                        process.terminate()
                    raise
    return ran


def _spawning() -> SpawnContext:
    """The context that starts workers as fresh interpreters.

    Within a job of Hydra's joblib launcher the default start method is joblib's own, which fresh interpreters do not
    know, but are told to use for processes of theirs.
    """
    if multiprocessing.get_start_method(allow_none=True) not in (None, *multiprocessing.get_all_start_methods()):
        multiprocessing.set_start_method("spawn", force=True)
    return multiprocessing.get_context("spawn")


@contextmanager
def _listening(
    events: SimpleQueue[tuple[str, float]], progress: Progress, waves: Sequence[Sequence[Cell]]
) -> Iterator[None]:
    effort = {cell.title: cell.effort for wave in waves for cell in wave}
    done: dict[str, float] = {}

    def listen() -> None:
        while (event := events.get())[0]:
            title, share = event
            progress.advance(max(0.0, share - done.get(title, 0.0)) * effort[title], title)
            done[title] = max(share, done.get(title, 0.0))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        events.put(("", 1.0))
        listener.join(timeout=5)


@contextmanager
def _environment(threads: int) -> Iterator[None]:
    """What the workers inherit: thread counts, read when NumPy and torch are first imported, and what fixes results."""
    wanted: Mapping[str, str] = {
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONHASHSEED": "0",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it CUDA's matrix products have no deterministic form
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _start_worker(events: SimpleQueue[tuple[str, float]], parent: int) -> None:
    global _events
    _events = events
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    """A worker whose parent was killed would wait for work for ever, holding memory and locks."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _run_cell(cell: Cell) -> bool:
    def report(share: float) -> None:
        if _events is not None:
            _events.put((cell.title, share))

    ran = cell.run(report)
    report(1.0)
    return ran
