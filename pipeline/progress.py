"""Progress of long work: a bar with the time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

from tqdm import tqdm


class Progress:
    """Counts `total` units of work under a description; use as a context manager.

    On a terminal it draws a tqdm bar. Elsewhere (a pipe, a log file, CI) it prints a line at most every
    `seconds` and one at the end. `expected` is about how many seconds the whole should take, where one can say: the
    first tenth of the work, in which processes start and little is measured, leans on it.
    """

    def __init__(
        self,
        description: str,
        total: float,
        stream: TextIO | None = None,
        seconds: float = 15.0,
        expected: float | None = None,
    ) -> None:
        self._stream = stream or sys.stderr
        self._description, self._total, self._every, self._expected = description, total, seconds, expected
        self._done, self._began = 0.0, time.monotonic()
        self._next = self._began + seconds
        self._note = ""
        self._bar = None
        if self._stream.isatty():
            layout = "{l_bar}{bar}| {elapsed} elapsed{postfix}"
            self._bar = tqdm(total=total, desc=description, file=self._stream, bar_format=layout, leave=False)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if kind is None:
            elapsed = time.monotonic() - self._began
            print(f"{self._description}: done in {_duration(elapsed)}", file=self._stream, flush=True)

    def advance(self, units: float = 1.0, note: str = "") -> None:
        """Record that `units` more are done; `note` says what is being worked on."""
        self._done += units
        changed, self._note = note not in ("", self._note), note or self._note
        share, now = self._done / self._total if self._total else 1.0, time.monotonic()
        status = f"{self._left(share, now)}{f' ({self._note})' if self._note else ''}"
        if self._bar is not None:
            self._bar.set_postfix_str(status.removeprefix(", "), refresh=False)
            self._bar.update(units)
            if changed:
                self._bar.refresh()
        elif now >= self._next:
            self._next = now + self._every
            print(f"{self._description}: {share:.0%}{status}", file=self._stream, flush=True)

    def _left(self, share: float, now: float) -> str:
        if not 0 < share < 1:
            return ""
        measured = (now - self._began) / share
        trust = 1.0 if self._expected is None else min(1.0, 10 * share)
        whole = trust * measured + (1 - trust) * (self._expected or 0.0)
        return f", about {_duration(whole * (1 - share))} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
