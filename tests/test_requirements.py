"""What pyproject.toml allows, what the lock files pin, and what is tested at the lower end agree."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path(__file__).parents[1]
DEPENDENCIES = [
    Requirement(line)
    for line in tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
]


def pins(name: str) -> dict[str, Version]:
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if "==" in line and not line.startswith("#")]
    return {canonicalize_name(package): Version(version) for package, version in pairs}


@pytest.mark.parametrize("requirement", DEPENDENCIES, ids=str)
def test_the_lock_file_pins_an_allowed_version(requirement: Requirement) -> None:
    assert pins("requirements.lock")[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize("requirement", DEPENDENCIES, ids=str)
def test_the_lowest_allowed_version_is_the_one_tested(requirement: Requirement) -> None:
    lowest = [part.version.removesuffix(".*") for part in requirement.specifier if part.operator in (">=", "==")]
    assert pins("requirements-lowest.txt")[canonicalize_name(requirement.name)] == max(map(Version, lowest))
