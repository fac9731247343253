"""A model folder is data: whatever is missing, altered, cut short or newer is one clear line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.artifacts import sha256_file
from pipeline.errors import ArtifactError
from pipeline.inference.classifier import Classifier

FILES = ("model.json", "tokenizer.json", "model.onnx", "export.json", "reliability.json")


def refusal(folder: Path) -> str:
    with pytest.raises(ArtifactError) as caught:
        Classifier.load(folder, precision="fp32")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def vouch(folder: Path, name: str, content: bytes) -> None:
    """Write a file and let the manifest vouch for it, as somebody who wants to deceive would."""
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["stages"]["final"]["outputs"][name] = sha256_file(folder / name)
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_refused(own_model: Callable[..., Path], name: str) -> None:
    folder = own_model()
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert f"{name} was altered or cut short" in refusal(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("length", [0, 10])
def test_a_truncated_file_is_refused(own_model: Callable[..., Path], name: str, length: int) -> None:
    folder = own_model()
    (folder / name).write_bytes((folder / name).read_bytes()[:length])
    assert f"{name} was altered or cut short" in refusal(folder)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_missing_file_is_refused(own_model: Callable[..., Path], name: str) -> None:
    folder = own_model()
    (folder / name).unlink()
    assert f"{name} is missing" in refusal(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\x00garbage", b'{"format": 1, "schema": 1}'])
def test_a_broken_file_that_the_manifest_vouches_for_is_refused(
    own_model: Callable[..., Path], name: str, content: bytes
) -> None:
    folder = own_model()
    vouch(folder, name, content)
    if (name, content) == ("reliability.json", b'{"format": 1, "schema": 1}'):
        assert Classifier.load(folder).reliability["stance"].abstain_below is None
    else:
        refusal(folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [("model.json", {"format": 2}), ("export.json", {"format": 2}), ("reliability.json", {"schema": 2})],
)
def test_a_newer_format_is_refused(own_model: Callable[..., Path], name: str, change: dict[str, int]) -> None:
    folder = own_model()
    content: dict[str, Any] = json.loads((folder / name).read_text()) | change
    vouch(folder, name, json.dumps(content).encode())
    assert "2, this version reads 1; update the package" in refusal(folder)


def test_a_newer_manifest_is_refused(own_model: Callable[..., Path]) -> None:
    folder = own_model()
    (folder / "manifest.json").write_text('{"schema": 2, "stages": {}}')
    assert "has format 2, this version reads 1" in refusal(folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": 1}', '{"schema": 1, "stages": []}'])
def test_a_broken_manifest_is_refused(own_model: Callable[..., Path], content: str) -> None:
    folder = own_model()
    (folder / "manifest.json").write_text(content)
    assert "manifest.json" in refusal(folder)


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    assert "train one with `stance run`" in refusal(tmp_path / "nowhere")


def test_an_unknown_kind_is_refused(own_model: Callable[..., Path]) -> None:
    assert "kind 'oracle'" in refusal(own_model(kind="oracle"))


def test_a_form_that_failed_its_check_is_not_offered(own_model: Callable[..., Path]) -> None:
    folder = own_model()
    export = json.loads((folder / "export.json").read_text())
    export["forms"]["int8"] = {"file": "model.int8.onnx", "offered": False, "reason": "macro-F1 of stance is 0.1"}
    vouch(folder, "export.json", json.dumps(export).encode())
    assert Classifier.load(folder).precision == "fp32"
    export["forms"]["fp32"] |= {"offered": False, "reason": "a probability differs"}
    vouch(folder, "export.json", json.dumps(export).encode())
    with pytest.raises(ArtifactError, match=r"offers no ONNX form of the model \(a probability differs"):
        Classifier.load(folder)


def test_without_reliability_nothing_abstains_and_no_tier_is_claimed(own_model: Callable[..., Path]) -> None:
    folder = own_model()
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["stages"]["final"]["outputs"]["reliability.json"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    record = Classifier.load(folder).predict(["the resolution"])[0]
    assert not record["stance"].abstained
    assert record.tier == {"stance": None, "frame": None}
