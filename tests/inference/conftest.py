"""The toy model, for every test of inference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from toy_model import write_model

from pipeline.inference.classifier import Classifier


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, not to be changed."""
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def own_model(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder that a test may spoil."""
    return lambda **changes: write_model(tmp_path / "own_model", **changes)


@pytest.fixture(scope="session")
def classifier(model: Path) -> Classifier:
    return Classifier.load(model, precision="fp32")


@pytest.fixture(autouse=True)
def _nothing_remembered(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measurements of this machine stay out of the tests, and those of the tests out of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
