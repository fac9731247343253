"""Codebooks as files, and what differs between two versions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from library_names import BOOK

from pipeline.codebook import Codebook, Task
from pipeline.codebook_command import main
from pipeline.codebook_diff import diff_codebooks, draft_mapping
from pipeline.codebook_file import find_codebook, read_codebook
from pipeline.errors import ConfigError
from pipeline.labeling.version_maps import read_version_maps

NEXT = "library_tone_v2"
ROOT = Path(__file__).parents[2]


def write(text: str, name: str = "book.yaml") -> Path:
    Path(name).write_text(text)
    return Path(name)


def test_a_renamed_label_is_told_from_a_new_one(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", BOOK, NEXT]) == 1
    told = capsys.readouterr().out
    assert "> tone/complaint  label renamed: complaint to grievance" in told
    assert "+ tone/proposal  label added" in told
    assert (
        "~ tone/neither  definition changed\n    - a fact without a judgement\n    + a fact without any judge" in told
    )
    assert "~ tone  contrast changed" in told
    assert "- tone/rules  rule removed" in told
    assert "\x1b[" not in told  # colours are for terminals


def test_equal_codebooks_differ_in_nothing(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", BOOK, BOOK]) == 0
    assert capsys.readouterr().out == ""


def test_every_field_counts() -> None:
    old = Codebook("a", "1", "t", "x", {"tone": Task("q", {"a": "1", "b": "2"}), "gone": Task("g", {"x": "", "y": ""})})
    new = Codebook("a", "1", "t", "y", {"tone": Task("r", {"b": "2", "a": "1"}), "next": Task("g", {"p": "", "q": ""})})
    found = {(change.kind, change.place, change.what) for change in diff_codebooks(old, new)}
    assert found == {
        ("changed", "target", "target"),
        ("changed", "tone", "question"),
        ("changed", "tone", "order of labels"),
        ("removed", "gone", "task"),
        ("added", "next", "task"),
    }


def test_a_task_with_the_same_labels_under_another_name_is_renamed() -> None:
    labels = {"a": "1", "b": "2"}
    old, new = (Codebook("a", "1", tasks={name: Task("", dict(labels))}) for name in ("mood", "tone"))
    [change] = diff_codebooks(old, new)
    assert (change.kind, change.before, change.after) == ("renamed", "mood", "tone")
    assert yaml.safe_load(draft_mapping(old, new))["tasks"] == {
        "mood": {"task": "tone", "labels": {"a": "a", "b": "b"}}
    }


def test_the_label_stage_reads_the_drafted_mapping(library: Path) -> None:
    assert main(["diff", BOOK, NEXT, "--mapping", "map.yaml"]) == 1
    new = read_codebook(find_codebook(NEXT, library))
    found = read_version_maps(library, {"library_tone/1": "map.yaml"}, new)["library_tone/1"]
    assert found.labels["tone"] == {"praise": "praise", "complaint": "grievance", "neither": "neither"}
    assert "definition changed: do old votes still hold?" in Path("map.yaml").read_text()
    with pytest.raises(ConfigError, match="somebody checked"):
        main(["diff", BOOK, NEXT, "--mapping", "map.yaml"])


def test_a_codebook_can_be_read_by_people(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", BOOK]) == 0
    told = capsys.readouterr().out
    for text in ("library_tone/1", "a fact without a judgement", "Long live the library!", "however polite"):
        assert text in told


def test_the_published_codebook_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert find_codebook("", ROOT) == ROOT / "configs" / "codebook" / "human_rights_v1.yaml"
    book = read_codebook(find_codebook("", ROOT))
    assert list(book.tasks) == ["stance", "frame", "holder"]
    assert book.tasks["stance"].rules


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nversion: '1'\ntasks: {t: {labels: {yes: '', no: ''}}}", "put labels such as yes, no or 1 in quotes"),
        ("name: a\nversion: '1'\ntasks: {t: {lables: {a: '', b: ''}}}", "lables"),
        ("name: a\nversion: '1'\ntasks: {t: {labels: {a: ''}}}", "at least two labels"),
        ("name: a\nversion: '1'\ntasks: {text: {labels: {a: '', b: ''}}}", "task 'text' cannot name a column"),
        ("name: a\nversion: '1'\ntasks: {t: {labels: {a: '', b: ''}, examples: {c: [x]}}}", "examples names"),
        ("tasks: {t: {labels: {a: '', b: ''}}}", "name and version are missing"),
        ("defaults: [other]\nname: a\nversion: '1'", "builds on 'other'"),
        ("- a", "holds no codebook"),
        ("{", "is no YAML"),
    ],
)
def test_a_broken_codebook_is_one_line_that_names_the_file(library: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_codebook(write(text))
    assert message in str(caught.value)
    assert str(caught.value).startswith("book.yaml: ")
    assert "\n" not in str(caught.value)


def test_an_unknown_codebook_is_answered_with_the_known_ones(library: Path) -> None:
    with pytest.raises(ConfigError, match=r"no codebook 'mine'.*library_tone_v1"):
        find_codebook("mine", library)
    with pytest.raises(ConfigError, match=r"codebook mine\.yaml is no file"):
        find_codebook("mine.yaml", library)
