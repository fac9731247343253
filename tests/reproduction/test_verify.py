"""A folder is as its manifest says, or the file that is not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.artifacts import read_json, sha256_file, write_json
from pipeline.errors import ArtifactError
from pipeline.manifest import LOCK, MANIFEST, ArtifactFolder, Work
from pipeline.reproduction.verify import main, verify


def finish(root: Path, name: str, stage: str, files: dict[str, str], inputs: dict[str, str] | None = None) -> Path:
    def produce(scratch: Path) -> None:
        for file, content in files.items():
            (scratch / file).parent.mkdir(parents=True, exist_ok=True)
            (scratch / file).write_text(content)

    work = Work(stage, config={"depth": (1, 2)}, inputs=inputs or {}, code="c0", seed=3)
    ArtifactFolder(root / name).ensure(work, root, produce)
    return root / name


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A corpus, a report made from it, and a model folder with another one inside."""
    corpus = finish(tmp_path, "data/processed/c", "ingest", {"sentences.jsonl": "one\n"})
    source = {"data/processed/c/sentences.jsonl": sha256_file(corpus / "sentences.jsonl"), "train": "00"}
    finish(tmp_path, "reports/r", "evaluate", {"metrics.json": "{}", "figures/f1.svg": "<svg/>"}, source)
    finish(tmp_path, "models/r", "split", {"folds.json": "[]"})
    finish(tmp_path, "models/r/tfidf", "final", {"vocabulary.json": "[]"})
    return tmp_path


def findings(project: Path, path: str) -> list[tuple[str, str]]:
    return [(finding.subject, finding.kind) for finding in verify(project / path, project).findings]


def test_untouched_folders_are_as_recorded(project: Path) -> None:
    result = verify(project, project)
    assert (result.folders, result.files, result.inputs, result.inputs_absent) == (4, 5, 1, 0)
    assert result.findings == ()


def test_altered_missing_and_unlisted_files_are_named(project: Path) -> None:
    report = project / "reports" / "r"
    (report / "metrics.json").write_text('{"macro_f1": 0.99}')
    (report / "figures" / "f1.svg").unlink()
    (report / "figures" / "better.svg").write_text("<svg/>")
    assert findings(project, "reports") == [
        ("figures/f1.svg", "missing"),
        ("metrics.json", "altered"),
        ("figures/better.svg", "unlisted"),
    ]


def test_a_changed_input_is_named_and_an_absent_one_counted(project: Path) -> None:
    sentences = project / "data" / "processed" / "c" / "sentences.jsonl"
    sentences.write_text("two\n")
    assert findings(project, "reports/r") == [("data/processed/c/sentences.jsonl", "input changed")]
    sentences.unlink()
    result = verify(project / "reports" / "r", project)
    assert (result.inputs_absent, result.findings) == (1, ())


@pytest.mark.parametrize("key", ["config", "inputs", "code", "seed"])
def test_an_edited_manifest_contradicts_its_fingerprint(project: Path, key: str) -> None:
    path = project / "reports" / "r" / MANIFEST
    manifest = read_json(path)
    manifest["stages"]["evaluate"][key] = {} if key in ("config", "inputs") else 4
    write_json(path, manifest)
    assert findings(project, "reports/r") == [("evaluate", "manifest edited")]


def test_locks_unfinished_work_and_links_do_not_count_as_unlisted_results(project: Path) -> None:
    partial = project / "models" / "r" / ".train.partial"
    partial.mkdir()
    (partial / "half.txt").write_text("half")
    (project / "models" / "current").symlink_to("r/tfidf", target_is_directory=True)
    assert (project / "models" / "r" / LOCK).exists()
    assert verify(project / "models", project).findings == ()


def test_what_cannot_be_read_is_an_error_that_says_why(project: Path) -> None:
    with pytest.raises(ArtifactError, match=r"holds no manifest\.json"):
        verify(project / "data" / "processed" / "absent", project)
    path = project / "reports" / "r" / MANIFEST
    manifest = read_json(path)
    write_json(path, manifest | {"schema": 2})
    with pytest.raises(ArtifactError, match="has format 2, this version reads 1"):
        verify(project, project)
    del manifest["stages"]["evaluate"]["outputs"]
    write_json(path, manifest)
    with pytest.raises(ArtifactError, match="lacks outputs of stage 'evaluate'"):
        verify(project, project)
    write_json(path, {"schema": 1})
    with pytest.raises(ArtifactError, match="has no stages"):
        verify(project, project)


def test_the_command_tells_by_its_status(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert main(["reports"]) == 0
    assert "1 folders, 2 files, 1 inputs checked: all as recorded" in capsys.readouterr().out
    (project / "reports" / "r" / "metrics.json").write_text("tampered")
    assert main(["reports"]) == 1
    shown = capsys.readouterr().out
    assert "metrics.json" in shown
    assert "altered" in shown
    assert "1 not as recorded" in shown
