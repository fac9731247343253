"""Many workers write what one process writes, even if one is killed or all are stopped."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pyarrow.parquet
import pytest
from toy_model import write_model

from pipeline.inference import distributed, shards
from pipeline.inference.command import main

WORDS = ["oppose", "support", "monday", "reject", "victims"]


def files(folder: Path, count: int, lines: int) -> Path:
    """Files of JSON Lines, some lines of them broken, and a table that cannot be read at all."""
    folder.mkdir()
    for file in range(count):
        rows = [{"text": f"we {WORDS[(file + n) % 5]} the resolution {file} {n}"} for n in range(lines)]
        content = [json.dumps(row) for row in rows]
        content[file] = "{broken"
        (folder / f"part{file:02d}.jsonl").write_text("\n".join(content) + "\n")
    (folder / "torn.parquet").write_bytes(b"PAR1 and no more")
    return folder


def command(model: Path, source: Path, target: Path, *more: str) -> list[str]:
    return ["--model", str(model), "--input", str(source), "--output", str(target), "--precision", "fp32", *more]


def rejected(path: Path) -> list[tuple[str, int | None]]:
    return [(row["source"], row["line"]) for row in map(json.loads, path.read_text().splitlines())]


def together(folder: Path) -> bytes:
    return b"".join(part.read_bytes() for part in sorted(folder.iterdir()))


@pytest.fixture(autouse=True)
def _a_shard_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "_SHARD_BYTES", 1)


class Cluster:
    """Stands in for Ray and does all work in this process; stops with KeyboardInterrupt after `lived` shards."""

    def __init__(self) -> None:
        self.lived, self.worked = 1000, 0
        self.exceptions = SimpleNamespace(RayError=OSError)
        self.data = SimpleNamespace(ActorPoolStrategy=lambda **options: options, from_items=self.from_items)

    @contextmanager
    def joined(self, address: str | None) -> Iterator[Cluster]:
        yield self

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0}

    def from_items(self, items: list[Any], override_num_blocks: int) -> Any:
        def rows(worker: Any, fn_constructor_args: tuple[Any, ...], **_: Any) -> Any:
            def done() -> Iterator[Any]:
                classify = worker(*fn_constructor_args)
                for item in reversed(items):
                    if self.worked == self.lived:
                        raise KeyboardInterrupt
                    self.worked += 1
                    yield classify(item)

            return SimpleNamespace(iter_rows=done)

        return SimpleNamespace(map=rows)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster()
    monkeypatch.setattr(distributed, "_cluster", made.joined)
    return made


@contextmanager
def killing_one_worker(parts: Path, killed: list[int]) -> Iterator[None]:
    """As soon as the first shard is done, kill a worker."""

    def kill() -> None:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline and not list(parts.glob("*.json")):
            time.sleep(0.01)
        for process in psutil.Process().children(recursive=True):
            if any("MapWorker" in argument for argument in process.cmdline()):
                process.send_signal(signal.SIGKILL)
                killed.append(len(list(parts.glob("*.json"))))
                return

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    thread.join()


def test_workers_write_what_one_process_writes_though_one_is_killed(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("raylet_start_wait_time_s", "worker_register_timeout_seconds"):
        monkeypatch.setenv(f"RAY_{name}", "300")  # a busy machine is slow, not broken
    monkeypatch.setenv("RAY_prestart_worker_first_driver", "0")  # nobody needs workers that do nothing
    monkeypatch.setattr(distributed, "usable_cores", lambda: 2)
    count, killed = 8, []
    source = files(tmp_path / "in", count, 1500)
    assert main(command(model, source, tmp_path / "one.jsonl")) == 3
    target = tmp_path / "many.jsonl"
    with killing_one_worker(tmp_path / ".many.jsonl.parts", killed):
        assert main(command(model, source, target, "--engine", "ray")) == 3
    assert len(killed) == 1
    assert killed[0] < count
    assert together(target) == (tmp_path / "one.jsonl").read_bytes()
    aside = tmp_path / "many.rejected.jsonl"
    assert aside.read_bytes() == (tmp_path / "one.rejected.jsonl").read_bytes()
    assert rejected(aside)[-2:] == [(str(source / "part07.jsonl"), 8), (str(source / "torn.parquet"), None)]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    assert f"{target}: {count * 1499:,} sentences, {count + 1} rejected" in capfd.readouterr().err


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_what_was_done_before_an_interruption_is_kept(
    model: Path, tmp_path: Path, cluster: Cluster, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target, whole = files(tmp_path / "in", 5, 20), tmp_path / f"out.{ending}", tmp_path / f"whole.{ending}"
    assert main(command(model, source, whole)) == 3
    cluster.lived = 2
    assert main(command(model, source, target, "--engine", "ray")) == 130
    kept = {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
    assert len(kept) == 2
    assert main(command(model, source, target, "--engine", "ray")) == 2
    assert "unfinished; go on with --resume" in capsys.readouterr().err
    cluster.lived = 1000
    assert main(command(model, source, target, "--engine", "ray", "--resume")) == 3
    assert cluster.worked == 6
    assert {name: (target / name).stat().st_mtime_ns for name in kept} == kept
    assert (tmp_path / "out.rejected.jsonl").read_bytes() == (tmp_path / "whole.rejected.jsonl").read_bytes()
    assert not list(tmp_path.glob(".out.*"))
    assert main(command(model, source, target, "--engine", "ray", "--resume")) == 3
    assert "is complete" in capsys.readouterr().err
    assert _rows(target) == _rows(whole)


def _rows(path: Path) -> list[Any]:
    if path.suffix == ".parquet":
        return list(pyarrow.parquet.read_table(path).to_pylist())
    parts = sorted(path.iterdir()) if path.is_dir() else [path]
    lines = [part.read_text().splitlines() for part in parts]
    return [line for each in lines for line in (each[1:] if path.suffix == ".csv" else each)]


def test_going_on_with_another_job_is_refused(
    model: Path, tmp_path: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = files(tmp_path / "in", 3, 5), tmp_path / "out.jsonl"
    cluster.lived = 1
    assert main(command(model, source, target, "--engine", "ray")) == 130
    for more in (["--tasks", "frame"], ["--explain"], ["--abstain-below", "0.9"]):
        assert main(command(model, source, target, "--engine", "ray", "--resume", *more)) == 2
    assert main(command(model, source, target, "--resume")) == 2
    assert "other inputs, options or another model" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_ends_the_run_where_it_is_the_only_one(
    model: Path, tmp_path: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "torn.parquet"
    source.write_bytes(b"PAR1 and no more")
    assert main(command(model, source, tmp_path / "out.jsonl", "--engine", "ray")) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f"error: {source}: no readable Parquet file")


def test_options_reach_the_workers(model: Path, tmp_path: Path, cluster: Cluster) -> None:
    (tmp_path / "in.csv").write_text("body\nwe oppose it. monday was the resolution\n")
    more = ["--text-column", "body", "--split", "--tasks", "stance", "--abstain-below", "1", "--explain"]
    assert main(command(model, tmp_path / "in.csv", tmp_path / "one.jsonl", *more)) == 0
    assert main(command(model, tmp_path / "in.csv", tmp_path / "many.jsonl", *more, "--engine", "ray")) == 0
    assert together(tmp_path / "many.jsonl") == (tmp_path / "one.jsonl").read_bytes()


def test_targets_reach_the_workers(tmp_path: Path, cluster: Cluster) -> None:
    model = write_model(tmp_path / "aimed", targets=["victims", "interference"])
    (tmp_path / "in.csv").write_text("text,about\nwe met,victims\nwe met,interference\n")
    for target, more in (("one.csv", []), ("many.csv", ["--engine", "ray"])):
        about = ["--target-column", "about", *more]
        assert main(command(model, tmp_path / "in.csv", tmp_path / target, *about)) == 0
    rows = (tmp_path / "one.csv").read_text().splitlines()
    assert [row.split(",")[2] for row in rows] == ["target", "victims", "interference"]
    assert len({row.split(",", 3)[3] for row in rows}) == 3, "the answers differ"
    assert together(tmp_path / "many.csv").decode().splitlines() == rows


def test_small_files_share_a_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "_SHARD_BYTES", 100)
    sizes = [40, 60, 1, 99, 150, 30]
    paths = [tmp_path / f"{number}.txt" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(b"." * size)
    found = shards.shards_of(paths)
    assert [shard["number"] for shard in found] == [0, 1, 2, 3]
    assert [[Path(path).stem for path in shard["paths"]] for shard in found] == [["0", "1"], ["2", "3"], ["4"], ["5"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x", "--engine", "ray", "--output", "out.jsonl"], "--engine ray needs --input with files"),
        (["--input", "in.csv", "--engine", "ray"], "--engine ray needs --input with files and --output"),
        (["x", "--ray-address", "auto"], "--ray-address needs --engine ray"),
    ],
)
def test_what_cannot_be_done_on_a_cluster_is_one_line(
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("text\nwe oppose\n")
    assert main(["--model", str(model), *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_without_the_extra_one_line_says_how_to_get_it(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(command(model, files(tmp_path / "in", 2, 3), tmp_path / "out.jsonl", "--engine", "ray")) == 2
    assert capsys.readouterr().err.endswith("(ray); pip install 'stance-pipeline[ray]'\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_cluster_that_does_not_answer_is_one_line(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import ray

    def init(address: str, **options: Any) -> None:
        assert "num_cpus" not in options
        raise ConnectionError(f"Could not find any running Ray instance at {address}.\nMore lines.")

    monkeypatch.setattr(ray, "init", init)
    more = ["--engine", "ray", "--ray-address", "127.0.0.1:6379"]
    assert main(command(model, files(tmp_path / "in", 2, 3), tmp_path / "out.jsonl", *more)) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: no Ray cluster at '127.0.0.1:6379' (Could not find any running Ray instance")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
