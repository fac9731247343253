"""Bulk work loses nothing and repeats nothing, whenever it is interrupted."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from pipeline.artifacts import write_json
from pipeline.inference import bulk
from pipeline.inference.command import main
from pipeline.inference.formats import Columns

ROOT = Path(__file__).parents[2]
WORDS = ["oppose", "support", "monday", "reject", "victims"]


def rows(path: Path, count: int, broken: frozenset[int] = frozenset()) -> Path:
    lines = [
        "{broken" if n in broken else json.dumps({"id": str(n), "text": f"we {WORDS[n % 5]} the resolution {n}"})
        for n in range(count)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def command(model: Path, source: Path, target: Path, *more: str) -> list[str]:
    return ["--model", str(model), "--input", str(source), "--output", str(target), "--precision", "fp32", *more]


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def test_output_is_in_order_and_broken_lines_are_put_aside(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = rows(tmp_path / "in.jsonl", 50, frozenset({3, 20})), tmp_path / "out.jsonl"
    assert main(command(model, source, target)) == 3
    assert ids(target) == [str(n) for n in range(50) if n not in (3, 20)]
    rejected = [json.loads(line) for line in (tmp_path / "out.rejected.jsonl").read_text().splitlines()]
    assert [(each["line"], each["content"]) for each in rejected] == [(4, "{broken"), (21, "{broken")]
    assert "in.jsonl:4: no JSON" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "out.rejected.jsonl"]


def test_csv_and_parquet_say_the_same_as_json_lines(model: Path, tmp_path: Path) -> None:
    source = rows(tmp_path / "in.jsonl", 30)
    for ending in ("jsonl", "csv", "parquet"):
        assert main(command(model, source, tmp_path / f"out.{ending}")) == 0
    wanted = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist() == wanted
    with (tmp_path / "out.csv").open(newline="") as stream:
        flat = list(csv.DictReader(stream))
    for row, record in zip(flat, wanted, strict=True):
        assert row["text"] == record["text"]
        assert row["stance"] == record["stance"]["label"]
        assert row["stance_abstained"] == str(record["stance"]["abstained"]).lower()
        assert float(row["stance_score_favor"]) == record["stance"]["scores"]["favor"]
        assert row["stance_tier"] == record["tier"]["stance"]
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_run_that_dies_at_any_step_goes_on(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Every change on disk in turn is the last one that the run lives to make."""
    broken = frozenset({1, 7})
    source, target = rows(tmp_path / "in.jsonl", 12, broken), tmp_path / f"out.{ending}"
    whole = tmp_path / f"whole.{ending}"
    monkeypatch.setattr("pipeline.inference.classifier._CHUNK", 3)
    assert main(command(model, source, whole)) == 3
    for lived in range(40):
        for path in tmp_path.glob("*out.*"):
            path.unlink()
        if _die_after(lived, command(model, source, target), monkeypatch):
            break
        assert main(command(model, source, target, "--resume")) == 3
        assert _content(target) == _content(whole)
        assert (tmp_path / "out.rejected.jsonl").read_bytes() == (tmp_path / "whole.rejected.jsonl").read_bytes()
        assert not list(tmp_path.glob(".out.*"))
    assert lived > 8


class Death(BaseException):
    pass


def _die_after(steps: int, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run and die before disk write number `steps`, half of it written; True if the run ended before."""
    left = [steps]

    def dying(write: Any) -> Any:
        def step(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                if write is append and arguments[1]:
                    lines = "".join(arguments[1])
                    append(arguments[0], [lines[: len(lines) // 2]])
                raise Death
            return write(*arguments, **options)

        return step

    append = bulk._append
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "_append", dying(append))
        patch.setattr(bulk, "write_json", dying(write_json))
        patch.setattr(Columns, "write_parquet", dying(Columns.write_parquet))
        patch.setattr(Path, "unlink", dying(Path.unlink))
        try:
            main(arguments)
        except Death:
            return False
    return True


def _content(path: Path) -> object:
    return pyarrow.parquet.read_table(path).to_pylist() if path.suffix == ".parquet" else path.read_bytes()


def test_a_killed_process_goes_on_where_it_stopped(model: Path, tmp_path: Path) -> None:
    count = 4000
    source, target = rows(tmp_path / "in.jsonl", count), tmp_path / "out.jsonl"
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    program = "import sys; from pipeline.inference.command import main; sys.exit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", program, *command(model, source, target, "--resume")]
    kills = 0
    for wanted in (1, 1500):
        process = subprocess.Popen(line, env=environment, stderr=subprocess.DEVNULL)
        while process.poll() is None and (not target.exists() or target.stat().st_size < wanted * 400):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    assert kills == 2
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ids(target) == [str(n) for n in range(count)]


def test_an_existing_output_is_never_overwritten(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = rows(tmp_path / "in.jsonl", 3), tmp_path / "out.jsonl"
    assert main(command(model, source, target)) == 0
    content = target.read_bytes()
    assert main(command(model, source, target)) == 2
    assert "exists; delete it or name another output" in capsys.readouterr().err
    assert main(command(model, source, target, "--resume")) == 0
    assert "is complete" in capsys.readouterr().err
    assert target.read_bytes() == content


def test_going_on_with_other_inputs_is_refused(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = rows(tmp_path / "in.jsonl", 6), tmp_path / "out.jsonl"
    assert not _die_after(3, command(model, source, target), monkeypatch)
    assert main(command(model, source, target)) == 2
    assert "unfinished; go on with --resume" in capsys.readouterr().err
    assert main(command(model, source, target, "--resume", "--tasks", "frame")) == 2
    assert "other inputs, options or another model" in capsys.readouterr().err
    rows(source, 7)
    assert main(command(model, source, target, "--resume")) == 2
    rows(source, 6)
    assert main(command(model, source, target, "--resume")) == 0
    assert ids(target) == [str(n) for n in range(6)]


@pytest.mark.parametrize(
    ("name", "message"), [("out.xlsx", "unknown output format"), ("none/out.csv", "does not exist; create it first")]
)
def test_an_impossible_output_is_refused(
    model: Path, tmp_path: Path, name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(model, rows(tmp_path / "in.jsonl", 1), tmp_path / name)) == 2
    assert message in capsys.readouterr().err
