"""Progress of bulk work: a bar with rate and time left where the amount is known, else plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.progress import Progress

_SECONDS = 15.0


@contextmanager
def counting(total: int | None, done: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes how many more units are done; `done` of `total` were before."""
    rate = _Rate()
    if total is not None:
        with Progress("classify", max(total - done, 1)) as progress:
            yield lambda units: progress.advance(units, rate.after(units))
        return
    following = time.monotonic() + _SECONDS

    def report(units: int) -> None:
        nonlocal following
        note = rate.after(units)
        if time.monotonic() >= following:
            following = time.monotonic() + _SECONDS
            print(f"classify: {done + rate.units:,} sentences, {note}", file=sys.stderr, flush=True)

    yield report


class _Rate:
    def __init__(self) -> None:
        self.units, self._began = 0, time.monotonic()

    def after(self, units: int) -> str:
        """Mean rate so far, after `units` more."""
        self.units += units
        return f"{self.units / max(time.monotonic() - self._began, 1e-9):,.0f} a second"
