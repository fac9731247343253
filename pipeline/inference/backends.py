"""Backends, an engine with a precision each: those that a model folder offers on this machine, and how to load one.

A form of the model is offered by an engine only if that engine passed the check when the model was saved
(pipeline.models.export): macro-F1 within half a point of the network's, in each task.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, NamedTuple

from pipeline.errors import ArtifactError, ConfigError
from pipeline.inference.engine import Engine, OnnxEngine
from pipeline.inference.model_folder import ModelFolder

ONNXRUNTIME, OPENVINO = "onnxruntime", "openvino"
ENGINES = (ONNXRUNTIME, OPENVINO)
"""Engines on one machine, the one that is always there first."""
PRECISIONS = ("int8", "fp32", "bf16")
"""The usually faster first. `bf16` is the fp32 form, computed so by OpenVINO on processors made for it."""
AUTO = "auto"
EXPORT, EXPORT_FORMAT = "export.json", 1
_BF16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
_INSTALL = "pip install 'stance-pipeline[openvino]'"


class Backend(NamedTuple):
    """What computes, and with which numbers."""

    engine: str
    precision: str

    def __str__(self) -> str:
        return f"{self.engine} {self.precision}"


def offered_backends(folder: ModelFolder, engine: str = AUTO, precision: str = AUTO) -> list[Backend]:
    """Checked backends that can run here, ONNX Runtime's first, limited to one engine or precision where named.

    Raises ConfigError where what was named is not offered, ArtifactError where nothing is.
    """
    note = _export_note(folder)
    if engine not in (AUTO, *ENGINES):
        raise ConfigError(f"unknown engine {engine!r}; the engines are {', '.join(ENGINES)}")
    known = [Backend(ONNXRUNTIME, name) for name in PRECISIONS if _form(note, ONNXRUNTIME, name).get("offered")]
    if not known:
        reason = note["forms"].get("fp32", {}).get("reason") or "none was made"
        raise ArtifactError(f"{folder.path} offers no ONNX form of the model ({reason}); train another encoder")
    if engine == OPENVINO or (engine == AUTO and find_spec("openvino")):
        known += _openvino_backends(note)
    found = [each for each in known if engine in (AUTO, each.engine) and precision in (AUTO, each.precision)]
    if not found:
        raise ConfigError(_refusal(folder, note, engine, precision))
    return found


def load_backend(folder: ModelFolder, backend: Backend, threads: int | None = None) -> Engine:
    """The engine with its form of the model, for batches on `threads` threads at once (None: one a core)."""
    if backend not in offered_backends(folder, *backend):
        raise ConfigError(_refusal(folder, _export_note(folder), *backend))
    note = _export_note(folder)
    model = folder.verified(str(_form(note, ONNXRUNTIME, _stored(backend.precision))["file"]))
    if folder.has(f"{model.name}.data"):
        folder.verified(f"{model.name}.data")
    if backend.engine == ONNXRUNTIME:
        return OnnxEngine(model, note["inputs"], list(folder.labels))
    from pipeline.environment import usable_cores
    from pipeline.inference.openvino_engine import OpenVinoEngine

    streams = threads or usable_cores()
    return OpenVinoEngine(model, backend.precision, note["inputs"], list(folder.labels), streams)


def _openvino_backends(note: Mapping[str, Any]) -> list[Backend]:
    if not find_spec("openvino"):
        raise ConfigError(f"engine 'openvino' is not installed; {_INSTALL}, or leave out --engine")
    offered = [name for name in PRECISIONS if _form(note, OPENVINO, name).get("offered")]
    if "bf16" in offered:
        from pipeline.environment import hardware

        if not _BF16 & set(hardware()["instruction_sets"]):
            offered.remove("bf16")
    return [Backend(OPENVINO, name) for name in offered]


def _refusal(folder: ModelFolder, note: Mapping[str, Any], engine: str, precision: str) -> str:
    if engine == OPENVINO and not note.get(OPENVINO):
        return (
            f"engine 'openvino' is not offered by {folder.path}: it was not installed when the model was saved and"
            f" could not be checked; {_INSTALL} and train again"
        )
    asked = ONNXRUNTIME if engine == AUTO else engine
    names = [precision] if precision != AUTO else list(PRECISIONS)
    reasons = [str(reason) for name in names if (reason := _form(note, asked, name).get("reason"))]
    offered = ", ".join(name for name in PRECISIONS if _form(note, asked, name).get("offered")) or "none"
    shown = f"precision {precision!r}" if precision != AUTO else f"engine {engine!r}"
    return f"{shown} is not offered by {folder.path}: {'; '.join(reasons) or f'{asked} offers {offered} here'}"


def _form(note: Mapping[str, Any], engine: str, precision: str) -> Mapping[str, Any]:
    forms = note["forms"] if engine == ONNXRUNTIME else note.get(OPENVINO) or {}
    form: Mapping[str, Any] = forms.get(precision, {})
    return form


def _stored(precision: str) -> str:
    return "fp32" if precision == "bf16" else precision


def _export_note(folder: ModelFolder) -> dict[str, Any]:
    note = folder.read_json(EXPORT, "format", EXPORT_FORMAT)
    if not isinstance(note.get("forms"), dict) or not isinstance(note.get("inputs"), list):
        raise ArtifactError(f"{folder.path / EXPORT} is incomplete (no forms or inputs); train the model again")
    return note
