"""Which differences between machines can change a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.environment import describe
from pipeline.reproduction.environments import Difference, differences, summary

RECORDED: dict[str, Any] = {
    "python": "3.11.2",
    "platform": "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36",
    "packages": {"numpy": "2.4.0", "torch": "2.13.0", "scipy": None},
    "hardware": {"cpu": "Chip A", "machine": "x86_64", "cores": 2, "memory_gb": 8, "instruction_sets": ["avx2"]},
    "git": {"commit": "a", "dirty": False},
}


def test_an_environment_does_not_differ_from_itself(tmp_path: Path) -> None:
    assert differences(describe(tmp_path), describe(tmp_path)) == []


def test_kernel_cores_memory_and_commit_do_not_count() -> None:
    here = RECORDED | {
        "platform": "Linux-5.4.0-x86_64-with-glibc2.36",
        "hardware": RECORDED["hardware"] | {"cores": 64, "memory_gb": 512},
        "git": {"commit": "b", "dirty": True},
    }
    assert differences(RECORDED, here) == []


def test_versions_library_and_processor_count() -> None:
    here = RECORDED | {
        "python": "3.12.1",
        "platform": "Linux-6.1.0-18-amd64-x86_64-with-glibc2.39",
        "packages": {"numpy": "2.4.0", "torch": "2.14.0", "scipy": "1.17"},
        "hardware": RECORDED["hardware"] | {"cpu": "Chip B", "instruction_sets": ["avx512f", "avx2"]},
    }
    assert differences(RECORDED, here) == [
        Difference("Python", "3.11.2", "3.12.1"),
        Difference("scipy", "unknown", "1.17"),
        Difference("torch", "2.13.0", "2.14.0"),
        Difference("C library", "glibc2.36", "glibc2.39"),
        Difference("processor", "Chip A", "Chip B"),
        Difference("instruction sets", "avx2", "avx2 avx512f"),
    ]


def test_the_summary_names_what_computes() -> None:
    assert summary(RECORDED) == "Chip A, Python 3.11.2, torch 2.13.0, numpy 2.4.0"
    assert summary({}) == "an unknown processor, Python None"
