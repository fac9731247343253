"""`stance classify` as it is used in a shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from toy_model import write_model

from pipeline.inference.command import main

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from pipeline.inference.command import main; sys.exit(main(sys.argv[1:]))"


def run(*arguments: str, cwd: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(line, cwd=cwd, env=environment, input=given, capture_output=True, check=False, timeout=60)


def test_a_pipe_gets_json_lines(model: Path, tmp_path: Path) -> None:
    done = run("We oppose it.", "-", "--model", str(model), cwd=tmp_path, given=b"We support it.\n\nMonday.\n")
    records = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [record["text"] for record in records] == ["We oppose it.", "We support it.", "Monday."]
    assert [record["stance"]["label"] for record in records] == ["against", "favor", "neutral"]
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_stands_before_is_read_from_a_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text("text,before\nThe resolution.,We oppose it.\nThe resolution.,We support it.\n")
    command = ["--input", str(tmp_path / "rows.csv"), "--context-column", "before", "--model"]
    assert main([*command, str(write_model(tmp_path / "reading", context=True))]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["stance"]["label"] for record in records] == ["against", "favor"]
    assert main([*command, str(write_model(tmp_path / "alone"))]) == 2
    assert capsys.readouterr().err.endswith("alone reads each sentence alone; leave out --context-column\n")


def test_a_broken_line_is_put_aside_and_the_rest_goes_on(model: Path, tmp_path: Path) -> None:
    done = run("-", "--model", str(model), cwd=tmp_path, given=b"We oppose it.\ncaf\xe9\nMonday.\n")
    assert len(done.stdout.splitlines()) == 2
    assert done.returncode == 3
    rejected = json.loads((tmp_path / "stdin.rejected.jsonl").read_text())
    assert rejected["line"] == 2
    assert done.stderr.decode().startswith("rejected standard input:2: byte 4")


def test_the_path_to_an_answer_imports_nothing_heavy(model: Path, tmp_path: Path) -> None:
    heavy = ("torch", "transformers", "hydra", "omegaconf", "sklearn", "scipy", "pandas", "pyarrow", "rich", "onnx")
    program = (
        "import sys; from pipeline.inference.command import main; main(sys.argv[1:]);"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-c", program, "We oppose it.", "--model", str(model)]
    done = subprocess.run(line, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_nothing_is_left_behind(model: Path, tmp_path: Path) -> None:
    """ONNX Runtime would write a device id for the usage data that it sends."""
    environment = {key: value for key, value in os.environ.items() if key not in ("CI", "ORT_DISABLE_TELEMETRY")}
    environment |= {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    line = [sys.executable, "-B", "-c", PROGRAM, "We oppose it.", "--model", str(model)]
    subprocess.run(line, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, check=True)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_enough_ends_it_quietly(model: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("text\n" + "we oppose the resolution\n" * 5000)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-c", PROGRAM, "--input", "rows.csv", "--model", str(model)]
    process = subprocess.Popen(line, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"id"')
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 0


def test_explanations_name_words_and_method(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["We oppose the resolution.", "--explain", "--model", str(model), "--tasks", "stance"]) == 0
    explanation = json.loads(capsys.readouterr().out)["explanation"]
    assert "Zeiler" in explanation["method"]
    words = explanation["tasks"]["stance"]
    assert max(words, key=lambda word: word["weight"])["word"] == "oppose"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to classify"),
        ([" "], "text 1 is empty"),
        (["-", "-"], "only once"),
        (["x", "--resume"], "--resume needs the --output"),
        (["x", "--batch-size", "0"], "--batch-size is 0"),
        (["x", "--abstain-below", "2"], "abstain_below is 2.0"),
        (["x", "--tasks", "mood"], "unknown task 'mood'"),
        (["--input", "nowhere.txt"], "nowhere.txt: no such file"),
        (["x", "--model", "nowhere"], "nowhere holds no model"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    model: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", str(model), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert len(error.splitlines()) == 1
