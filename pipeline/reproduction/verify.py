"""`stance verify PATH`: artifact folders against their manifests, without running anything."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rich.table import Table

from pipeline.artifacts import sha256_file, sha256_json
from pipeline.errors import ArtifactError
from pipeline.manifest import LOCK, MANIFEST, ArtifactFolder
from pipeline.reproduction.console import console

MISSING = "missing"
ALTERED = "altered"
UNLISTED = "unlisted"
EDITED = "manifest edited"
INPUT_CHANGED = "input changed"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in an artifact folder that is not as its manifest says; `subject` is a file or a stage."""

    folder: Path
    subject: str
    kind: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found: counts of folders, files and inputs, and the findings.

    `inputs_absent` counts recorded input files that are not in this project, so that nothing can be said about them.
    """

    folders: int
    files: int
    inputs: int
    inputs_absent: int
    findings: tuple[Finding, ...]


def verify(path: Path, root: Path) -> Verification:
    """Check `path` and every artifact folder below it; inputs that manifests name are looked up under `root`.

    Raises ArtifactError where there is no manifest, or one that this version cannot read.
    """
    folders = artifact_folders(path)
    if not folders:
        raise ArtifactError(f"{path} holds no {MANIFEST}; name a folder of reports/, models/ or data/processed/")
    findings: list[Finding] = []
    files = inputs = absent = 0
    digest_of = cache(sha256_file)
    for folder in folders:
        entries = _entries(folder)
        findings += _check_outputs(folder, entries)
        findings += [Finding(folder, name, UNLISTED) for name in _unlisted(folder, entries)]
        files += sum(len(entry["outputs"]) for entry in entries.values())
        for stage, entry in entries.items():
            if not _is_intact(stage, entry):
                findings.append(Finding(folder, stage, EDITED, stage))
            for name, digest in entry["inputs"].items():
                place = root / name
                if not place.is_file():
                    # Inputs need not be files: training work names digests of sentences.
                    absent += "/" in name
                    continue
                inputs += 1
                if digest_of(place) != digest:
                    findings.append(Finding(folder, name, INPUT_CHANGED, stage))
    return Verification(len(folders), files, inputs, absent, tuple(findings))


def artifact_folders(path: Path) -> list[Path]:
    """`path` and the folders below it that have a manifest, sorted; links are not followed."""
    return sorted(manifest.parent for manifest in path.rglob(MANIFEST))


def _entries(folder: Path) -> dict[str, Any]:
    try:
        entries = ArtifactFolder(folder).entries()
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{folder / MANIFEST} has no stages; restore it or run the stage again") from error
    needed = {"fingerprint", "config", "inputs", "code", "seed", "outputs"}
    for stage, entry in entries.items():
        lacking = sorted(needed - set(entry)) if isinstance(entry, dict) else ["everything"]
        if lacking:
            raise ArtifactError(
                f"{folder / MANIFEST} lacks {', '.join(lacking)} of stage {stage!r}; restore it or run the stage again"
            )
    return entries


def _check_outputs(folder: Path, entries: Mapping[str, Any]) -> Iterator[Finding]:
    for stage in entries:
        for name in ArtifactFolder(folder).altered(stage):
            yield Finding(folder, name, ALTERED if (folder / name).is_file() else MISSING, stage)


def _unlisted(folder: Path, entries: Mapping[str, Any]) -> Iterator[str]:
    """Files of the folder that no stage lists, but for locks and what a stage has not finished."""
    listed = {MANIFEST, LOCK}.union(*(entry["outputs"] for entry in entries.values()))
    for place in _own_files(folder):
        name = place.relative_to(folder).as_posix()
        if name not in listed:
            yield name


def _own_files(folder: Path) -> Iterator[Path]:
    for child in sorted(folder.iterdir()):
        if child.is_symlink() or not child.is_dir():
            yield child
        elif not (child / MANIFEST).exists() and child.suffix != ".partial":
            # A folder below with a manifest answers for itself.
            yield from _own_files(child)


def _is_intact(stage: str, entry: Mapping[str, Any]) -> bool:
    """Whether the recorded config, inputs, code and seed are those that the fingerprint was taken of."""
    parts = [stage, entry["config"], entry["inputs"], entry["code"], entry["seed"]]
    return sha256_json(parts) == str(entry["fingerprint"])


def main(argv: list[str]) -> int:
    """Print what `verify` found; 0 when everything is as recorded, 1 when not, StanceError when it cannot be told."""
    parser = argparse.ArgumentParser(
        prog="stance verify",
        description="Check artifact folders against their manifests, without running anything.",
        epilog="Exit status: 0 as recorded, 1 something is missing, altered, unlisted or out of date, 2 not checked.",
    )
    parser.add_argument("path", type=Path, help="a folder of reports/, models/ or data/processed/, or one above them")
    result = verify(parser.parse_args(argv).path, Path.cwd())
    out = console()
    if result.findings:
        table = Table(title="Not as recorded", title_justify="left")
        for heading in ("folder", "what", "finding", "stage"):
            table.add_column(heading, overflow="fold")
        for finding in result.findings:
            table.add_row(str(finding.folder), finding.subject, finding.kind, finding.stage)
        out.print(table)
    absent = f", {result.inputs_absent} inputs are not here" if result.inputs_absent else ""
    checked = f"{result.folders} folders, {result.files} files, {result.inputs} inputs checked{absent}"
    out.print(f"{checked}: {f'{len(result.findings)} not as recorded' if result.findings else 'all as recorded'}")
    return 1 if result.findings else 0
