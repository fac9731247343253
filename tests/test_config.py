"""Every configuration in the repository composes, and what does not fit is refused before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from pipeline.errors import ConfigError
from pipeline.hydra_entry import config_folder, to_settings
from pipeline.settings.run import RunSettings
from pipeline.settings.schema import register_schema

CONFIGS = config_folder()
GROUPS = {folder.name for folder in CONFIGS.iterdir() if folder.is_dir()} - {"experiment"}
OPTIONS = sorted(
    f"{folder}={path.relative_to(CONFIGS / folder).with_suffix('').as_posix()}"
    for folder in GROUPS - {"model"}
    for path in (CONFIGS / folder).rglob("*.yaml")
)
EXPERIMENTS = sorted(
    path.relative_to(CONFIGS / "experiment").with_suffix("").as_posix()
    for path in (CONFIGS / "experiment").rglob("*.yaml")
)


def settings_for(*overrides: str) -> RunSettings:
    register_schema()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return to_settings(compose("run", list(overrides)))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_composes(experiment: str) -> None:
    assert settings_for(f"experiment={experiment}").name


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_every_group_composes(option: str) -> None:
    assert settings_for(option)


@pytest.mark.parametrize("model", sorted(path.stem for path in (CONFIGS / "model").glob("*.yaml")))
def test_every_model_can_be_chosen_alone(model: str) -> None:
    settings = settings_for(f"model=[{model}]", "train.final=[]", "train.current=''")
    assert list(settings.model) == [model]


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("experiment/**/*.yaml")), ids=lambda path: path.stem)
def test_an_experiment_holds_only_what_differs(path: Path) -> None:
    assert path.read_text().startswith("# @package _global_\n")
    assert len(path.read_text().splitlines()) < 60


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("split.folds=1", "split.folds=1 is out of range; it must be at least 2"),
        ("split.strategy=chance", "split.strategy='chance' is unknown; choose one of"),
        ("name=../elsewhere", "cannot name a folder"),
        ("name=current", "the link to the model in use"),
        ("train.final=[bert]", "train.current='transformer' is not among train.final"),
        ("model.transformer.epochs=0", "transformer.epochs=0 is out of range"),
        ("evaluation.compare=[[tfidf,tfidf]]", "names two different models"),
        ("experiment=tweeteval_stance model=[transformer]", "model.tfidf has settings, but"),
    ],
)
def test_values_out_of_range_are_named(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_for(*override.split())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
