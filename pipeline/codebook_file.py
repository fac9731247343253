"""Codebooks as YAML files, read outside Hydra by the commands that need nothing but the codebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline.codebook import Codebook
from pipeline.errors import ConfigError

FOLDER = Path("configs") / "codebook"
_SCHEMA = ("codebook_schema", "_self_")


def find_codebook(name: str, root: Path) -> Path:
    """The file of codebook `name`: a path, or the name of a file in `configs/codebook` as `codebook=NAME` has it.

    An empty name stands for the codebook that the defaults of `configs/run.yaml` name. The project's own `configs`
    come before the installed ones. Raises ConfigError where there is no such file.
    """
    path = Path(name)
    if name and path.suffix in (".yaml", ".yml"):
        if (root / path).is_file():
            return root / path
        raise ConfigError(f"codebook {name} is no file; give a path, or a name of {FOLDER}/*.yaml")
    package = Path(__file__).parent
    folders = [root / "configs", package.parent / "configs", package / "_configs"]
    known: list[str] = []
    for folder in folders:
        wanted = name or _default(folder / "run.yaml")
        found = folder / "codebook" / f"{wanted}.yaml"
        if wanted and found.is_file():
            return found
        known += [one.stem for one in sorted((folder / "codebook").glob("*.yaml"))]
    raise ConfigError(
        f"there is no codebook {name!r}; {FOLDER} has {', '.join(dict.fromkeys(known)) or 'none'}, or give a .yaml file"
    )


def read_codebook(path: Path) -> Codebook:
    """The codebook in `path`, checked against the same schema as Hydra's; raises ConfigError naming the file."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    raw = _mapping(path)
    inherited = [entry for entry in raw.pop("defaults", None) or [] if entry not in _SCHEMA]
    if inherited:
        raise ConfigError(f"{path}: builds on {inherited[0]!r}; a codebook that annotators follow must be whole")
    try:
        codebook = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(Codebook), raw))
    except OmegaConfBaseException as error:
        reason = str(error).splitlines()[0]
        hint = "; put labels such as yes, no or 1 in quotes" if "incompatible with (str)" in reason else ""
        raise ConfigError(f"{path}: {reason.rstrip('.')}{hint}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    if not isinstance(codebook, Codebook) or not codebook.name or not codebook.version:
        raise ConfigError(f"{path}: name and version are missing; votes carry both")
    return codebook


def _mapping(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name an existing codebook") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is no YAML ({' '.join(str(error).split())}); mend it") from error
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: holds no codebook; it needs name, version and tasks")
    return raw


def _default(run: Path) -> str:
    """Which codebook the defaults list of `run` names; empty where it names none."""
    if not run.is_file():
        return ""
    entries = _mapping(run).get("defaults") or []
    named = [str(entry["codebook"]) for entry in entries if isinstance(entry, dict) and entry.get("codebook")]
    return named[0] if named else ""
