"""The way back from the settings that a manifest recorded to a checked `RunSettings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.errors import ConfigError
from pipeline.settings.run import RunSettings
from pipeline.settings.schema import register_schema


def settings_from_dict(values: Mapping[str, Any]) -> RunSettings:
    """Settings equal to those whose `asdict` is `values`, checked against the schema as the command line's are.

    Raises ConfigError for an unknown key, a wrong type, a value out of range and a model that the schema does not know.
    """
    models = values.get("model")
    if not isinstance(models, Mapping):
        raise ConfigError(f"the recorded settings hold model={models!r}; they need one settings object a model")
    try:
        config = OmegaConf.merge(
            OmegaConf.structured(RunSettings),
            {name: value for name, value in values.items() if name != "model"},
        )
        for name, model in models.items():
            config.model[name] = OmegaConf.merge(_schema_of(name, model), model)
        settings = OmegaConf.to_object(config)
    except OmegaConfBaseException as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"the recorded settings do not fit this version's schema: {reason}") from error
    if not isinstance(settings, RunSettings):
        raise ConfigError(f"the recorded settings make a {type(settings).__name__}, not the settings of a run")
    return settings


def _schema_of(name: str, model: Any) -> DictConfig:
    """The schema whose `_target_` is that of `model`."""
    target = model.get("_target_") if isinstance(model, Mapping) else None
    register_schema()
    for node in ConfigStore.instance().repo["model"].values():
        schema: DictConfig = node.node
        if target is not None and target == OmegaConf.select(schema, "_target_"):
            return schema
    raise ConfigError(f"the recorded settings of model {name!r} are for {target!r}, which this version does not know")
