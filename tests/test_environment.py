from __future__ import annotations

import subprocess
from pathlib import Path

from pipeline.environment import code_hash, describe, git_state, modules_behind


def test_the_code_hash_follows_the_sources_that_do_the_work() -> None:
    models = code_hash(["models"])
    assert models == code_hash(["models"])
    assert models != code_hash(["models", "records.py"])
    assert models != code_hash(["models"], without=["models/export.py"])


def test_a_module_leads_to_what_it_imports_and_to_nothing_else() -> None:
    behind = modules_behind("pipeline.models.tfidf")
    assert {"models/tfidf.py", "models/linear.py", "splitting/__init__.py", "records.py"} <= behind
    assert "models/transformer.py" not in behind
    assert "models/export.py" in modules_behind("pipeline.models.transformer"), "imported within a function"
    assert modules_behind("json") == set()


def test_a_description_names_versions_processor_and_commit() -> None:
    found = describe(Path(__file__).parent)
    assert found["packages"]["torch"].startswith("2.")
    assert found["hardware"]["cpu"]
    assert set(found["git"]) == {"commit", "dirty"}


def test_outside_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    assert git_state(tmp_path) == {"commit": None, "dirty": None}


def test_changed_sources_are_told_and_changed_reports_are_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init")
    report, source = tmp_path / "reports" / "mine.md", tmp_path / "source.py"
    report.parent.mkdir()
    for file in (report, source):
        file.write_text("as committed\n")
    git("add", "-A")
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-m", "all")
    report.write_text("written by a run\n")
    assert git_state(tmp_path)["dirty"] is False
    source.write_text("changed\n")
    assert git_state(tmp_path)["dirty"] is True
