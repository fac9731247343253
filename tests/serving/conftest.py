"""The toy model and servers around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from local_server import HeldScorer, Served, running
from toy_model import write_model

from pipeline.inference.classifier import Classifier
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.transformer_scorer import TransformerScorer
from pipeline.serving.limits import Limits


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the toy model, not to be changed."""
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def classifier(model: Path) -> Classifier:
    return Classifier.load(model, precision="fp32")


@pytest.fixture
def held(model: Path) -> Iterator[HeldScorer]:
    """A scorer to give to `held_classifier`; whatever it still holds passes at the end."""
    scorer = HeldScorer(TransformerScorer(ModelFolder(model), "fp32"))
    yield scorer
    scorer.release()


@pytest.fixture
def held_classifier(model: Path, held: HeldScorer) -> Classifier:
    return Classifier(ModelFolder(model), held, "fp32")


@pytest.fixture(scope="session")
def served(classifier: Classifier) -> Iterator[Served]:
    """A server with the usual limits; leave it running."""
    with running(classifier, Limits()) as started:
        yield started


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Starts servers that end with the test."""
    with ExitStack() as stack:
        yield lambda classifier, limits=None, **options: stack.enter_context(
            running(classifier, limits or Limits(), **options)
        )
