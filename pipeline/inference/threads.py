"""Reading and tokenizing in the background, so that computing never waits for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_PATIENCE = 0.2


class _End:
    """Stands after the last result."""


class _Pump(Generic[T]):
    """Runs an iterable in a thread of its own, at most `depth` results ahead."""

    def __init__(self, source: Iterable[T], depth: int) -> None:
        self.results: queue.Queue[T | _End] = queue.Queue(depth)
        self._source, self._stopped = source, threading.Event()
        self._raised: BaseException | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            for result in self._source:
                if not self._put(result):
                    return
        except BaseException as error:  # raised again where the results are taken
            self._raised = error
        self._put(_End())

    def _put(self, result: T | _End) -> bool:
        while not self._stopped.is_set():
            try:
                self.results.put(result, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False

    def stop(self) -> None:
        """Let the thread end at the next result."""
        self._stopped.set()

    def finish(self) -> None:
        """Raise what the iterable raised, if it did."""
        if self._raised is not None:
            raise self._raised


def ahead(source: Iterable[T], depth: int) -> Generator[T, None, None]:
    """The results of `source`, computed in another thread while the ones before are used."""
    pump = _Pump(source, depth)
    try:
        while not isinstance(result := pump.results.get(), _End):
            yield result
        pump.finish()
    finally:
        pump.stop()


def gathered(source: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of 1 to `size` results, whatever is there: a slow source is answered at once, a fast one in bulk."""
    pump = _Pump(source, 2 * size)
    try:
        while not isinstance(first := pump.results.get(), _End):
            group, ended = [first], False
            while not ended and len(group) < size:
                try:
                    following = pump.results.get_nowait()
                except queue.Empty:
                    break
                if isinstance(following, _End):
                    ended = True
                else:
                    group.append(following)
            yield group
            if ended:
                break
        pump.finish()
    finally:
        pump.stop()
