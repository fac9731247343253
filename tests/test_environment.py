from __future__ import annotations

from pathlib import Path

from pipeline.environment import code_hash, describe, git_state


def test_the_code_hash_follows_the_sources_that_do_the_work() -> None:
    models = code_hash(["models"])
    assert models == code_hash(["models"])
    assert models != code_hash(["models", "records.py"])
    assert models != code_hash(["models"], without=["models/export.py"])


def test_a_description_names_versions_processor_and_commit() -> None:
    found = describe(Path(__file__).parent)
    assert found["packages"]["torch"].startswith("2.")
    assert found["hardware"]["cpu"]
    assert set(found["git"]) == {"commit", "dirty"}


def test_outside_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    assert git_state(tmp_path) == {"commit": None, "dirty": None}
