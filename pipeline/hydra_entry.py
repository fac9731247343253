"""The way from a command line with Hydra's overrides to a checked `RunSettings`."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException, MissingConfigException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from pipeline.errors import ConfigError, StanceError
from pipeline.settings.run import RunSettings
from pipeline.settings.schema import register_schema


def config_folder() -> Path:
    """Folder with run.yaml: `configs/` of the working directory, of the checkout, or of the installed package."""
    package = Path(__file__).parent
    for folder in (Path.cwd() / "configs", package.parent / "configs", package / "_configs"):
        if (folder / "run.yaml").is_file():
            return folder
    raise ConfigError("no configs/run.yaml here; start stance in the project folder")


def to_settings(config: DictConfig) -> RunSettings:
    """Turn a composed configuration into settings; raises ConfigError for a missing or impossible value."""
    _refuse_added_keys(config)
    try:
        settings = OmegaConf.to_object(config)
    except OmegaConfBaseException as error:
        raise ConfigError(_one_line(error)) from error
    if not isinstance(settings, RunSettings):
        raise ConfigError("the configuration does not follow the schema; keep run_schema in the defaults of run.yaml")
    return settings


def run_with_hydra(action: Callable[[RunSettings], float | None], arguments: Sequence[str]) -> None:
    """Compose the configuration from `arguments` and call `action` with it, once or, with --multirun, several times.

    What `action` returns is what a sweeper minimises. An error in one job of a sweep does not stop the others; the
    first one is raised at the end.
    """
    failures: list[StanceError] = []

    def job(config: DictConfig) -> float | None:
        hydra_config = HydraConfig.get()
        if hydra_config.mode == RunMode.MULTIRUN and not _names_run(hydra_config.overrides.task):
            # Without a name of its own, every job of a sweep would overwrite the one before.
            OmegaConf.update(config, "name", _sweep_name(str(config.name), hydra_config.job.override_dirname))
        try:
            objective = action(to_settings(config))
            if objective is None and hydra_config.runtime.choices.get("hydra/sweeper") == "optuna":
                raise ConfigError(
                    f"{config.name}: nothing to minimise; a search needs until=train and exactly one model that holds "
                    "out a development part, for example model=[transformer]"
                )
            return objective
        except StanceError as error:
            if hydra_config.mode == RunMode.MULTIRUN:
                raise  # The launcher hands it back, also from another process.
            failures.append(error)  # Hydra would print a line of its own about it.
            return None

    register_schema()
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises instead of printing a traceback and ending the process.
    before = sys.argv
    # Hydra's parser takes overrides on one side of a flag only.
    flags = [argument for argument in arguments if argument in ("--multirun", "-m")]
    sys.argv = [before[0], *flags, *(argument for argument in arguments if argument not in flags)]
    try:
        hydra.main(version_base="1.3", config_path=str(config_folder()), config_name="run")(job)()
    except MissingConfigException as error:
        raise ConfigError(_missing_choice(error)) from error
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise ConfigError(_one_line(error)) from error
    finally:
        sys.argv = before
    if failures:
        raise failures[0]


def _names_run(overrides: Sequence[str]) -> bool:
    return any(override.startswith("name=") for override in overrides)


def _sweep_name(name: str, overrides: str) -> str:
    """A name that no other job has: what does not fit into a folder's name is told apart by a digest."""
    full = re.sub(r"[^A-Za-z0-9._=,+-]+", "-", f"{name}+{overrides}")
    digest = hashlib.sha256(overrides.encode()).hexdigest()[:8]
    return full if len(full) <= 120 else f"{full[:111]}-{digest}"


def _refuse_added_keys(config: DictConfig) -> None:
    """Hydra's `+key=value` adds keys that no settings class knows; they would be silently ignored."""
    kind = OmegaConf.get_type(config)
    known = sorted(field.name for field in fields(kind)) if kind is not None and is_dataclass(kind) else None
    for key in config:
        if known is not None and key not in known:
            place = config._get_full_key(key)
            raise ConfigError(f"unknown setting {place!r}; known there: {', '.join(known)}")
        node = None if OmegaConf.is_missing(config, key) else config[key]
        if isinstance(node, DictConfig):
            _refuse_added_keys(node)


def _missing_choice(error: MissingConfigException) -> str:
    """What can be chosen instead. Hydra names it for some groups only, and never what lies in a folder of a group."""
    group, _, name = (error.missing_cfg_file or "").partition("/")
    folder = config_folder() / group
    if not name or not folder.is_dir():
        return _one_line(error)
    choices = sorted(file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob("*.yaml"))
    place = re.match(r"In '(?!run')[^']+': ", str(error))  # A file whose defaults name it, not the command line.
    return (
        f"{place.group() if place else ''}no {group} {name!r}; choose of {', '.join(choices)}, "
        f"or add {group}/{name}.yaml to {folder.parent}"
    )


def _one_line(error: Exception) -> str:
    """Hydra's and OmegaConf's messages without their advice to add keys and their search paths."""
    noise = ("full_key:", "object_type=", "reference_type=", "To append", "Config search path", "provider=")
    lines = [line.strip() for text in (error, error.__cause__ or "") for line in str(text).splitlines()]
    if lines and lines[0].startswith("Could not override"):
        lines.append("`stance run --cfg job` shows every setting")
    return "; ".join(line.rstrip(".") for line in dict.fromkeys(lines) if line and not line.startswith(noise))
