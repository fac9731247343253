"""Cells in worker processes: what is up to date is left alone, threads are fixed, errors come back."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.codebook import Codebook, Task
from pipeline.errors import DataError
from pipeline.manifest import Work
from pipeline.settings.baselines import MajoritySettings, TfidfSettings
from pipeline.settings.transformer import TransformerSettings
from pipeline.stages.cells import Cell
from pipeline.stages.pool import run_cells

BOOK = Codebook("book", "1", tasks={"stance": Task(labels={"for": "", "against": ""})})


@dataclass(frozen=True, slots=True)
class NoteCell(Cell):
    """Writes down in which process and with how many threads it ran."""

    def produce(self, scratch: Path, on_progress: Callable[[float], None]) -> None:
        on_progress(0.5)
        if self.model == "broken":
            raise DataError("the broken model has no data; give it some")
        (scratch / "note.txt").write_text(f"{os.getpid()} {os.environ['OMP_NUM_THREADS']}")


def cell(root: Path, name: str) -> NoteCell:
    work = Work("note", {"name": name}, {}, "c0")
    return NoteCell(work, root / name, root, name, None, BOOK, 0, name, 1.0)


def test_only_what_is_not_up_to_date_runs(tmp_path: Path) -> None:
    assert run_cells([[cell(tmp_path, "a")]], 1, 1, "notes") == 1
    before = (tmp_path / "a" / "note.txt").read_text()
    assert run_cells([[cell(tmp_path, "a")], [cell(tmp_path, "b")]], 2, 1, "notes") == 1
    assert (tmp_path / "a" / "note.txt").read_text() == before
    assert (tmp_path / "b" / "note.txt").exists()


def test_workers_are_processes_with_a_fixed_number_of_threads(tmp_path: Path) -> None:
    before = dict(os.environ)
    run_cells([[cell(tmp_path, "a")]], 1, 3, "notes")
    process, threads = (tmp_path / "a" / "note.txt").read_text().split()
    assert int(process) != os.getpid()
    assert threads == "3"
    assert dict(os.environ) == before


def test_an_error_comes_back_as_it_was_and_what_was_done_stays(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the broken model has no data; give it some"):
        run_cells([[cell(tmp_path, "a")], [cell(tmp_path, "broken")]], 1, 1, "notes")
    assert (tmp_path / "a" / "note.txt").exists()
    assert not (tmp_path / "broken" / "note.txt").exists()


def test_what_is_done_is_said_with_the_time_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cells([[cell(tmp_path, "a"), cell(tmp_path, "b")]], 1, 1, "notes")
    assert "notes: done in" in capsys.readouterr().err


def test_what_the_progress_bar_counts_grows_with_the_work() -> None:
    transformer, tfidf = TransformerSettings(), TfidfSettings()
    assert transformer.preparation_seconds(10_000) > 5 * transformer.fit_seconds(500, 0)
    assert replace(transformer, epochs=12).fit_seconds(500, 9) == 2 * transformer.fit_seconds(500, 9)
    assert replace(transformer, composed="none").preparation_seconds(10_000) == 0
    assert tfidf.fit_seconds(500, 10_000) > 3 * tfidf.untuned().fit_seconds(500, 10_000)
    assert MajoritySettings().fit_seconds(500, 10_000) < 1
