from __future__ import annotations

from pathlib import Path

from pipeline.layout import ProjectLayout


def test_current_follows_the_last_run(tmp_path: Path) -> None:
    layout = ProjectLayout(tmp_path)
    for run in ("first", "second"):
        folder = layout.final(run, "transformer")
        folder.mkdir(parents=True)
        (folder / "model.json").write_text(run)
        layout.point_current_to(folder)
        assert (tmp_path / "models" / "current" / "model.json").read_text() == run
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["current", "first", "second"]


def test_paths_in_manifests_do_not_name_the_machine(tmp_path: Path) -> None:
    layout = ProjectLayout(tmp_path)
    assert layout.relative(tmp_path / "data" / "raw" / "a.txt") == "data/raw/a.txt"
