"""Settings come back from a manifest as they went in."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir

from pipeline.errors import ConfigError
from pipeline.hydra_entry import config_folder, to_settings
from pipeline.reproduction.restore import settings_from_dict
from pipeline.settings.run import RunSettings
from pipeline.settings.schema import register_schema

CONFIGS = config_folder()
EXPERIMENTS = sorted(path.stem for path in (CONFIGS / "experiment").glob("*.yaml"))


@cache
def composed(experiment: str) -> RunSettings:
    register_schema()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return to_settings(compose("run", [f"experiment={experiment}"]))


def recorded(settings: RunSettings) -> dict[str, Any]:
    return dict(json.loads(json.dumps(asdict(settings))))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_survives_the_way_through_json(experiment: str) -> None:
    settings = composed(experiment)
    restored = settings_from_dict(recorded(settings))
    assert restored == settings
    assert {name: type(model) for name, model in restored.model.items()} == {
        name: type(model) for name, model in settings.model.items()
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "do not fit this version's schema: Key 'colour' not in 'RunSettings'"),
        ({"seed": "first"}, "do not fit this version's schema: Value 'first'"),
        ({"seed": -1}, "seed=-1 is out of range"),
        ({"model": {}}, "model holds no model"),
        ({"model": None}, "hold model=None"),
        ({"model": {"oracle": {"_target_": "somewhere.Oracle"}}}, "'oracle' are for 'somewhere.Oracle'"),
        ({"model": {"oracle": 3}}, "'oracle' are for None"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(change: dict[str, Any], message: str) -> None:
    values = recorded(composed(EXPERIMENTS[0])) | change
    with pytest.raises(ConfigError) as caught:
        settings_from_dict(values)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_setting_of_a_model_is_refused() -> None:
    values = recorded(composed(EXPERIMENTS[0]))
    name, model = next(iter(values["model"].items()))
    values["model"][name] = model | {"telepathy": True}
    with pytest.raises(ConfigError, match="Key 'telepathy' not in"):
        settings_from_dict(values)


def test_the_order_of_labels_survives(tmp_path: Path) -> None:
    settings = composed(EXPERIMENTS[0])
    path = tmp_path / "run.json"
    path.write_text(json.dumps(asdict(settings)))
    restored = settings_from_dict(json.loads(path.read_text()))
    for task in settings.codebook.tasks:
        assert restored.codebook.labels(task) == settings.codebook.labels(task)
