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
    `seconds` and one at the end.
    """

    def __init__(self, description: str, total: float, stream: TextIO | None = None, seconds: float = 15.0) -> None:
        self._stream = stream or sys.stderr
        self._description, self._total, self._every = description, total, seconds
        self._done, self._began = 0.0, time.monotonic()
        self._next = self._began + seconds
        self._note = ""
        self._bar = None
        if self._stream.isatty():
            layout = "{l_bar}{bar}| {elapsed} elapsed, {remaining} left{postfix}"
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
        if self._bar is not None:
            self._bar.update(units)
            if note and note != self._note:
                self._bar.set_postfix_str(note)
        self._note = note or self._note
        if self._bar is None and (now := time.monotonic()) >= self._next:
            self._next = now + self._every
            print(f"{self._description}: {self._status(now)}", file=self._stream, flush=True)

    def _status(self, now: float) -> str:
        share = self._done / self._total if self._total else 1.0
        left = f", about {_duration((now - self._began) * (1 - share) / share)} left" if 0 < share < 1 else ""
        return f"{share:.0%}{left}{f' ({self._note})' if self._note else ''}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
