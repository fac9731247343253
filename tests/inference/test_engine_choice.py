"""The fastest backend among those that passed their check is measured once and remembered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.inference import engine_choice
from pipeline.inference.backends import Backend, load_backend
from pipeline.inference.classifier import Classifier
from pipeline.inference.encoding import Batch
from pipeline.inference.engine import Engine
from pipeline.inference.model_folder import ModelFolder

INT8, FP32 = Backend("onnxruntime", "int8"), Backend("onnxruntime", "fp32")
OPENVINO = Backend("openvino", "fp32")
PASSED = {"openvino": {"fp32": {"file": "model.onnx", "offered": True, "reason": None}}}
FAILED = {"openvino": {"fp32": {"file": "model.onnx", "offered": False, "reason": "macro-F1 of stance is 0.1"}}}


def fastest(monkeypatch: pytest.MonkeyPatch, winner: Backend) -> list[list[Backend]]:
    """Let `winner` be the fastest; returns what was measured, a list a time."""
    measured: list[list[Backend]] = []

    def seconds(engines: Mapping[Backend, Engine]) -> dict[Backend, float]:
        measured.append(list(engines))
        return {backend: 1.0 if backend == winner else 2.0 for backend in engines}

    monkeypatch.setattr(engine_choice, "_seconds", seconds)
    return measured


def chosen(model: Path, measure: bool = False, engine: str = "auto", precision: str = "auto") -> tuple[str, ...]:
    found = Classifier.load(model, measure=measure, engine=engine, precision=precision)
    return str(found.engine), str(found.precision)


@pytest.mark.parametrize("winner", [INT8, FP32, OPENVINO])
def test_the_fastest_is_measured_once_and_remembered(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, winner: Backend
) -> None:
    model, measured = own_model(export=PASSED), fastest(monkeypatch, winner)
    assert chosen(model) == INT8
    assert chosen(model, measure=True) == winner
    assert chosen(model, measure=True) == winner
    assert chosen(model) == winner
    assert measured == [[INT8, FP32, OPENVINO]]
    assert list(json.loads(engine_choice.memory().read_text()).values()) == [str(winner)]
    assert not any("engines" in path.name for path in model.rglob("*"))


def test_what_is_remembered_of_another_machine_is_not_believed(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, measured = own_model(), fastest(monkeypatch, FP32)
    assert chosen(model, measure=True) == FP32
    known = json.loads(engine_choice.memory().read_text())
    engine_choice.memory().write_text(json.dumps({key.replace(" x", " x9"): name for key, name in known.items()}))
    assert chosen(model) == INT8
    assert chosen(model, measure=True) == FP32
    assert len(measured) == 2


def test_an_engine_that_was_not_checked_is_not_measured(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, measured = own_model(), fastest(monkeypatch, OPENVINO)
    assert chosen(model, measure=True) == INT8
    assert measured == [[INT8, FP32]]
    with pytest.raises(ConfigError, match="was not installed when the model was saved and could not be checked"):
        chosen(model, engine="openvino")


def test_an_engine_that_failed_its_check_is_not_offered(own_model: Callable[..., Path]) -> None:
    model = own_model(export=FAILED)
    with pytest.raises(ConfigError, match=r"'openvino' is not offered by .*: macro-F1 of stance is 0\.1"):
        chosen(model, engine="openvino")


def test_an_engine_that_is_not_installed_is_left_out(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, measured = own_model(export=PASSED), fastest(monkeypatch, OPENVINO)
    monkeypatch.setattr("pipeline.inference.backends.find_spec", lambda name: None)
    assert chosen(model, measure=True) == INT8
    assert measured == [[INT8, FP32]]
    with pytest.raises(ConfigError, match=r"not installed; pip install 'stance-pipeline\[openvino\]'"):
        chosen(model, engine="openvino")


def test_the_asked_engine_and_precision_are_taken(own_model: Callable[..., Path]) -> None:
    model = own_model(export=PASSED)
    assert chosen(model, engine="openvino") == OPENVINO
    assert chosen(model, precision="fp32") == FP32
    assert chosen(model, engine="onnxruntime", precision="int8") == INT8
    with pytest.raises(ConfigError, match="precision 'bf16' is not offered"):
        chosen(model, precision="bf16")


def test_bf16_is_only_offered_where_the_processor_computes_it(
    own_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = {"bf16": {"file": "model.onnx", "offered": True, "reason": None}}
    model = own_model(export={"openvino": forms})
    machine = {"cpu": "made up", "cores": 2, "instruction_sets": ["avx2"]}
    monkeypatch.setattr("pipeline.environment.hardware", lambda: machine)
    with pytest.raises(ConfigError, match="precision 'bf16' is not offered"):
        chosen(model, engine="openvino", precision="bf16")
    monkeypatch.setattr("pipeline.environment.hardware", lambda: machine | {"instruction_sets": ["amx_bf16"]})
    measured = fastest(monkeypatch, Backend("openvino", "bf16"))
    assert chosen(model, measure=True) == ("openvino", "bf16")
    assert measured == [[INT8, FP32, Backend("openvino", "bf16")]]


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_openvino_says_what_onnx_runtime_says(own_model: Callable[..., Path], precision: str) -> None:
    form = {"file": "model.onnx", "offered": True, "reason": None}
    model = own_model(export={"openvino": {"fp32": form, "int8": form}})
    texts = ["we oppose the resolution .", "monday", "we support victims perhaps", "we oppose it"]
    theirs = Classifier.load(model, engine="openvino", precision=precision).predict(texts)
    ours = Classifier.load(model, engine="onnxruntime", precision=precision).predict(texts)
    for found, wanted in zip(theirs, ours, strict=True):
        for task in wanted.tasks:
            assert found[task].label == wanted[task].label
            assert found[task].scores == pytest.approx(wanted[task].scores, abs=2e-6)


def test_openvino_answers_several_threads(own_model: Callable[..., Path]) -> None:
    folder = ModelFolder(own_model(export=PASSED))
    engine = load_backend(folder, OPENVINO, threads=2)
    ids = [np.full((3, 4 + n % 3), n % 7, dtype=np.int64) for n in range(40)]
    work = [Batch([0, 1, 2], each, np.zeros_like(each)) for each in ids]
    with ThreadPoolExecutor(4) as pool:
        together = [found["stance"].copy() for found in pool.map(engine.logits, work)]
    for batch, found in zip(work, together, strict=True):
        np.testing.assert_array_equal(found, engine.logits(batch)["stance"])


def test_openvino_leaves_nothing_behind_at_home(tmp_path: Path, own_model: Callable[..., Path]) -> None:
    """Its package brings code for usage reports, which must not be started by classifying."""
    model, home = own_model(export=PASSED), tmp_path / "home"
    home.mkdir()
    program = (
        "import sys; from pipeline.inference.classifier import Classifier;"
        "Classifier.load(sys.argv[1], engine='openvino').predict(['we oppose']);"
        "assert 'openvino' in sys.modules"
    )
    environment = {"HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}  # without CI, which switches it off
    subprocess.run([sys.executable, "-B", "-c", program, str(model)], env=environment, cwd=home, check=True)
    assert list(home.iterdir()) == []


def test_a_broken_memory_is_forgotten(model: Path) -> None:
    engine_choice.memory().parent.mkdir(parents=True)
    engine_choice.memory().write_text("{")
    assert chosen(model, measure=True) in (INT8, FP32)
    assert len(json.loads(engine_choice.memory().read_text())) == 1


def test_a_memory_that_cannot_be_written_does_no_harm(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert chosen(model, measure=True) in (INT8, FP32)


def test_the_chosen_form_is_the_one_that_answers(model: Path) -> None:
    found = {name: Classifier.load(model, precision=name).predict(["we oppose"])[0] for name in ("int8", "fp32")}
    assert found["int8"]["stance"].probability < found["fp32"]["stance"].probability
