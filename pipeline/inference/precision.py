"""Which form of the model is faster on this machine: measured once, remembered for the user, not in the model folder.

The folder's content is hashed, may be read-only, and may be shared by machines of different kinds.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from pipeline.inference.engine import Engine
from pipeline.inference.model_folder import ModelFolder
from pipeline.inference.runtime import onnxruntime
from pipeline.inference.transformer_scorer import load_engine, offered_precisions, sample_batches

AUTO = "auto"
_ROUNDS, _BATCH, _TOKENS = 5, 8, 32


def memory() -> Path:
    """The file that remembers measurements."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stance" / "precision.json"


def choose_precision(folder: ModelFolder, measure: bool) -> str:
    """The faster offered form, as remembered; else measured now (about a second) where `measure`, else int8 first."""
    offered = offered_precisions(folder)
    if len(offered) == 1:
        return offered[0]
    key, known = _key(folder), _recall()
    if known.get(key) in offered:
        return known[key]
    if not measure:
        return offered[0]
    engines = {name: load_engine(folder, name) for name in offered}
    seconds = {name: _seconds(engine) for name, engine in engines.items()}
    best = min(offered, key=seconds.__getitem__)
    _remember(known | {key: best})
    return best


def _seconds(engine: Engine) -> float:
    """The shortest of several runs over one batch: what the machine can do when nothing else disturbs it."""
    (batch,) = sample_batches(1, _BATCH, _TOKENS)
    engine.logits(batch)
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        engine.logits(batch)
        times.append(time.perf_counter() - began)
    return min(times)


def _key(folder: ModelFolder) -> str:
    machine = os.uname()
    return f"{folder.identifier} {machine.nodename} {machine.machine} onnxruntime-{onnxruntime.__version__}"


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
