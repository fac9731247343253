"""An artifact folder holds finished work or none."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, write_json
from pipeline.errors import ArtifactError
from pipeline.manifest import MANIFEST, ArtifactFolder, Work

WORK = Work(stage="count", config={"to": 3}, inputs={"a.txt": "00"}, code="c0", seed=7)


def write_result(scratch: Path) -> None:
    (scratch / "sub").mkdir()
    (scratch / "result.txt").write_text("three")
    (scratch / "sub" / "more.txt").write_text("four")


def fail(scratch: Path) -> None:
    (scratch / "result.txt").write_text("half")
    raise ArtifactError("stopped half-way")


def hang(folder: str, root: str) -> None:
    def produce(scratch: Path) -> None:
        (scratch / "result.txt").write_text("half")
        time.sleep(60)

    ArtifactFolder(Path(folder)).ensure(WORK, Path(root), produce)


def test_work_is_done_once(tmp_path: Path) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    assert folder.ensure(WORK, tmp_path, write_result)
    assert not folder.ensure(WORK, tmp_path, fail)
    assert (tmp_path / "out" / "sub" / "more.txt").read_text() == "four"


@pytest.mark.parametrize(
    "change",
    [{"config": {"to": 4}}, {"inputs": {"a.txt": "01"}}, {"code": "c1"}, {"seed": 8}],
    ids=lambda c: next(iter(c)),
)
def test_any_change_of_what_it_depends_on_does_it_again(tmp_path: Path, change: dict[str, object]) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    folder.ensure(WORK, tmp_path, write_result)
    assert folder.ensure(replace(WORK, **change), tmp_path, write_result)


def test_facts_for_the_reader_change_nothing(tmp_path: Path) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    folder.ensure(WORK, tmp_path, write_result)
    assert folder.is_current(replace(WORK, extra={"note": "read me"}))


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    folder.ensure(WORK, tmp_path, write_result)
    with pytest.raises(ArtifactError, match="half-way"):
        folder.ensure(replace(WORK, seed=8), tmp_path, fail)
    assert folder.is_current(WORK)
    assert (tmp_path / "out" / "result.txt").read_text() == "three"
    assert not list((tmp_path / "out").glob(".*.partial"))


def test_an_altered_or_missing_file_is_noticed(tmp_path: Path) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    folder.ensure(WORK, tmp_path, write_result)
    (tmp_path / "out" / "result.txt").write_text("tree")
    (tmp_path / "out" / "sub" / "more.txt").unlink()
    assert sorted(folder.altered("count")) == ["result.txt", "sub/more.txt"]
    assert folder.ensure(WORK, tmp_path, write_result)
    assert folder.altered("count") == []


def test_a_full_disk_is_one_line_and_keeps_nothing_unfinished(tmp_path: Path) -> None:
    def fill(scratch: Path) -> None:
        (scratch / "result.txt").write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(scratch / "result.txt"))

    with pytest.raises(ArtifactError, match="No space left on device; nothing unfinished was kept, run again"):
        ArtifactFolder(tmp_path / "out").ensure(WORK, tmp_path, fill)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


def test_files_that_a_new_result_lacks_are_removed(tmp_path: Path) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    folder.ensure(WORK, tmp_path, write_result)
    folder.ensure(replace(WORK, seed=8), tmp_path, lambda scratch: (scratch / "result.txt").write_text("3") and None)
    assert not (tmp_path / "out" / "sub" / "more.txt").exists()


def test_stages_share_a_folder(tmp_path: Path) -> None:
    folder = ArtifactFolder(tmp_path / "out")
    folder.ensure(WORK, tmp_path, write_result)
    other = replace(WORK, stage="report")
    folder.ensure(other, tmp_path, lambda scratch: (scratch / "report.md").write_text("#") and None)
    assert folder.is_current(WORK)
    assert folder.is_current(other)


def test_killed_half_way_it_is_as_if_never_begun(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = multiprocessing.get_context("spawn").Process(target=hang, args=(str(out), str(tmp_path)))
    process.start()
    deadline = time.monotonic() + 30
    while not list(out.glob(".*.partial/result.txt")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    folder = ArtifactFolder(out)
    assert not folder.is_current(WORK)
    assert folder.ensure(WORK, tmp_path, write_result)
    assert (out / "result.txt").read_text() == "three"


def test_the_manifest_says_what_the_result_came_from(tmp_path: Path) -> None:
    ArtifactFolder(tmp_path / "out").ensure(WORK, tmp_path, write_result)
    entry = read_json(tmp_path / "out" / MANIFEST)["stages"]["count"]
    assert entry["config"] == {"to": 3}
    assert entry["inputs"] == {"a.txt": "00"}
    assert entry["seed"] == 7
    assert set(entry["outputs"]) == {"result.txt", "sub/more.txt"}
    assert entry["environment"]["packages"]["numpy"]
    assert entry["environment"]["hardware"]["cores"] >= 1
    assert str(tmp_path) not in (tmp_path / "out" / MANIFEST).read_text()


def test_a_newer_format_is_refused_with_the_way_out(tmp_path: Path) -> None:
    write_json(tmp_path / MANIFEST, {"schema": 99, "stages": {}})
    with pytest.raises(ArtifactError, match="format 99, this version reads 1"):
        ArtifactFolder(tmp_path).entries()
