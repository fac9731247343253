"""Whether two environments can be expected to compute the very same numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """One fact about two environments; a fact that was not recorded is `unknown`."""

    name: str
    first: str
    second: str


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    """What differs between two results of `environment.describe` and can change a number.

    Versions of Python and of the packages, the C library (its exponential and logarithm), the processor and its
    instruction sets count. Cores, memory, kernel and commit do not: work is divided into parts of fixed threads.
    """
    sides = (first, second)
    packages, hardware = ([side.get(key) or {} for side in sides] for key in ("packages", "hardware"))
    facts: dict[str, list[Any]] = {"Python": [side.get("python") for side in sides]}
    for name in sorted({*packages[0], *packages[1]}):
        facts[name] = [versions.get(name) for versions in packages]
    facts["C library"] = [_c_library(side) for side in sides]
    facts["architecture"] = [side.get("machine") for side in hardware]
    facts["processor"] = [side.get("cpu") for side in hardware]
    facts["instruction sets"] = [" ".join(sorted(side.get("instruction_sets") or [])) or None for side in hardware]
    return [Difference(name, *map(_shown, values)) for name, values in facts.items() if values[0] != values[1]]


def summary(environment: Mapping[str, Any]) -> str:
    """Processor, Python, and the packages that compute, in one phrase."""
    packages = environment.get("packages") or {}
    versions = [f"{name} {packages[name]}" for name in ("torch", "scikit-learn", "numpy") if packages.get(name)]
    processor = (environment.get("hardware") or {}).get("cpu") or "an unknown processor"
    return ", ".join([str(processor), f"Python {environment.get('python')}", *versions])


def _c_library(environment: Mapping[str, Any]) -> str | None:
    found = re.search(r"-with-(.+)$", str(environment.get("platform") or ""))
    return found[1] if found else None


def _shown(value: Any) -> str:
    return "unknown" if value is None else str(value)
