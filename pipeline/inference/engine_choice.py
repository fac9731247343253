"""Which backend is fastest on this machine: measured once, remembered for the user, not in the model folder.

The folder's content is hashed, may be read-only, and may be shared by machines of different kinds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.inference.backends import AUTO, ONNXRUNTIME, OPENVINO, Backend, load_backend, offered_backends
from pipeline.inference.encoding import Batch
from pipeline.inference.engine import Engine
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.runtime import onnxruntime

_ROUNDS, _BATCH, _TOKENS = 5, 8, 32


def memory() -> Path:
    """The file that remembers measurements."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stance" / "engines.json"


def choose_backend(folder: ModelFolder, engine: str = AUTO, precision: str = AUTO, measure: bool = False) -> Backend:
    """The fastest offered backend as remembered; else measured now (seconds) where `measure`, else the first offered.

    `engine` and `precision` limit the choice. Raises ConfigError where nothing that they allow is offered.
    """
    offered = offered_backends(folder, engine, precision)
    known = _recall()
    if len(offered) == 1 or not (known or measure):
        return offered[0]
    key = _key(folder, offered)
    for backend in offered:
        if known.get(key) == str(backend):
            return backend
    if not measure:
        return offered[0]
    seconds = _seconds({backend: load_backend(folder, backend, threads=1) for backend in offered})
    best = min(offered, key=seconds.__getitem__)
    _remember(known | {key: str(best)})
    return best


def _seconds(engines: Mapping[Backend, Engine]) -> dict[Backend, float]:
    """Each engine's shortest time of several over one batch, taken in turn: what it can do when nothing disturbs it."""
    ids = np.arange(_BATCH * _TOKENS, dtype=np.int64).reshape(_BATCH, _TOKENS) % 5  # small enough for any vocabulary
    batch = Batch(list(range(_BATCH)), ids, np.zeros_like(ids))
    best: dict[Backend, float] = {}
    for round_ in range(_ROUNDS + 1):
        for backend, engine in engines.items():
            began = time.perf_counter()
            engine.logits(batch)
            took = time.perf_counter() - began
            if round_:  # the first call allocates
                best[backend] = min(best.get(backend, took), took)
    return best


def _key(folder: ModelFolder, offered: Sequence[Backend]) -> str:
    """All that decides which is fastest: the model, what is compared, the processor, the versions of the engines."""
    from importlib import metadata  # these two are slow to import, and the first answer needs neither

    from pipeline.environment import hardware

    machine = hardware()
    processor = " ".join([machine["cpu"], f"x{machine['cores']}", *machine["instruction_sets"]])
    versions = [f"{ONNXRUNTIME}-{onnxruntime.__version__}"]
    if any(backend.engine == OPENVINO for backend in offered):
        versions.append(f"{OPENVINO}-{metadata.version(OPENVINO)}")
    return " | ".join([folder.identifier, ", ".join(map(str, offered)), processor, *versions])


def _recall() -> dict[str, str]:
    """What is remembered; a missing or broken file is only forgotten, never an error."""
    try:
        content = json.loads(memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}


def _remember(known: dict[str, str]) -> None:
    path = memory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{path.name}.{os.getpid()}")
        scratch.write_text(json.dumps(known, indent=1), encoding="utf-8")
        scratch.replace(path)
    except OSError:
        return
