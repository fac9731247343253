"""The faster form is measured once and remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.inference import precision
from pipeline.inference.classifier import Classifier


@pytest.mark.parametrize("faster", ["int8", "fp32"])
def test_the_faster_form_is_remembered(model: Path, monkeypatch: pytest.MonkeyPatch, faster: str) -> None:
    times = iter([1.0, 2.0] if faster == "int8" else [2.0, 1.0])
    monkeypatch.setattr(precision, "_seconds", lambda engine: next(times))
    assert Classifier.load(model).precision == "int8"
    assert Classifier.load(model, measure=True).precision == faster
    assert Classifier.load(model).precision == faster
    assert list(json.loads(precision.memory().read_text()).values()) == [faster]


def test_a_broken_memory_is_forgotten(model: Path) -> None:
    precision.memory().parent.mkdir(parents=True)
    precision.memory().write_text("{")
    assert Classifier.load(model, measure=True).precision in ("int8", "fp32")
    assert len(json.loads(precision.memory().read_text())) == 1


def test_a_memory_that_cannot_be_written_does_no_harm(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert Classifier.load(model, measure=True).precision in ("int8", "fp32")


def test_the_chosen_form_is_the_one_that_answers(model: Path) -> None:
    found = {name: Classifier.load(model, precision=name).predict(["we oppose"])[0] for name in ("int8", "fp32")}
    assert found["int8"]["stance"].probability < found["fp32"]["stance"].probability
