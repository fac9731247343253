"""The console that the tables of this package are printed on."""

from __future__ import annotations

import sys

from rich.console import Console

WIDTH = 120
"""Columns where standard output is no terminal, so that tables in logs keep their shape."""


def console() -> Console:
    """Standard output without markup or colouring of plain text: paths hold brackets, numbers are data."""
    return Console(width=None if sys.stdout.isatty() else WIDTH, markup=False, highlight=False)
