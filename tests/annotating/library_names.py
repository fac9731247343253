"""Names in the invented project of `tests/fixtures/new_task`."""

from __future__ import annotations

CORPUS = "library_letters"
BOOK = "library_tone_v1"
