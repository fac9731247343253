from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import environment
from pipeline.stages.model_code import model_code

TFIDF = "pipeline.models.tfidf.TfidfModel"
TRANSFORMER = "pipeline.models.transformer.TransformerModel"
ELSEWHERE = "toy_model.ToyModel"


def digests(saved: bool) -> dict[str, str]:
    model_code.cache_clear()
    return {target: model_code(target, saved=saved) for target in (TFIDF, TRANSFORMER, ELSEWHERE)}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the pipeline's sources that a test may change."""
    copy = tmp_path / "pipeline"
    for source in Path(environment.__file__).parent.rglob("*"):
        if source.suffix in {".py", ".yaml"}:
            target = copy / source.relative_to(Path(environment.__file__).parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    monkeypatch.setattr(environment, "_PACKAGE_ROOT", copy)
    yield copy
    model_code.cache_clear()


@pytest.mark.parametrize(
    ("changed", "saved", "stale"),
    [
        ("models/training.py", False, {TRANSFORMER, ELSEWHERE}),
        ("models/linear.py", False, {TFIDF, ELSEWHERE}),
        ("models/base.py", False, {TFIDF, TRANSFORMER, ELSEWHERE}),
        ("records.py", False, {TFIDF, TRANSFORMER, ELSEWHERE}),
        ("models/export.py", False, set()),
        ("models/export.py", True, {TRANSFORMER, ELSEWHERE}),
        ("reporting/report.py", True, set()),
    ],
)
def test_a_change_makes_stale_what_imports_it(sources: Path, changed: str, saved: bool, stale: set[str]) -> None:
    before = digests(saved)
    path = sources / changed
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "# changed\n")
    after = digests(saved)
    assert {target for target in before if before[target] != after[target]} == stale
