from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import DatasetCard, ModelCard
from omegaconf import OmegaConf
from report_page import folded

from pipeline.codebook import Codebook
from pipeline.errors import ConfigError
from pipeline.reporting import ReportInput
from pipeline.reporting.cards import data_card, described_model, model_card
from pipeline.settings.report import LabelOrigin, ReportSettings

ROOT = Path(__file__).parents[2]
GOLD = "data/annotations/v1/gold.jsonl"
COMPOSED = "data/annotations/v1/composed.jsonl"
SECOND = "data/annotations/composed2/sentences.jsonl"
THIRD = "data/annotations/composed3/sentences.jsonl"


def default_settings() -> ReportSettings:
    raw = OmegaConf.load(ROOT / "configs" / "report" / "default.yaml")
    del raw["defaults"]
    settings = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(ReportSettings), raw))
    assert isinstance(settings, ReportSettings)
    return settings


@pytest.fixture(scope="module")
def data(make_report_input: Callable[..., ReportInput]) -> ReportInput:
    return make_report_input()


def with_manifest(data: ReportInput, **config: Any) -> ReportInput:
    return replace(data, manifest={**data.manifest, "config": {**data.manifest["config"], **config}})


def test_default_account_of_the_labels_is_that_of_the_annotations() -> None:
    origins = default_settings().origins
    assert set(origins) == {GOLD, COMPOSED, SECOND, THIRD}
    told = {path: folded((ROOT / path).with_name("README.md").read_text(encoding="utf-8")) for path in origins}
    assert folded(origins[GOLD].statement) in told[GOLD]
    for path in (COMPOSED, SECOND, THIRD):
        invented = origins[path].statement.split("\n\n")[-1]
        assert folded(invented) in told[path].replace("**", "")
    assert {origin.creators for origin in origins.values()} == {"machine-generated"}


@pytest.mark.parametrize("card", [model_card, data_card])
def test_cards_tell_the_origin_of_all_labels(data: ReportInput, card: Callable[[ReportInput], str]) -> None:
    real = replace(data, settings=default_settings())
    text = folded(card(with_manifest(real, labeling={"gold": GOLD, "composed": [COMPOSED, SECOND]})))
    for sentence in (
        "A large language model labelled every sentence in a pilot",
        "Two passes of one model are not two people: these are upper bounds",
        "no human annotator has reviewed the labels yet.",
        "They are invented. Words put in the mouth of a state, an office or a scholar were never said.",
        "They are invented. Words put in the mouth of a state, an office or a scholar were never said, also where",
        "they are evidence of nothing, are never tested on",
    ):
        assert sentence in text


@pytest.mark.parametrize("card", [model_card, data_card])
def test_labels_from_elsewhere_are_of_unstated_origin(data: ReportInput, card: Callable[[ReportInput], str]) -> None:
    text = card(with_manifest(data, labeling={"gold": "mine.jsonl", "composed": []}))
    assert "origin" in text
    assert "not stated" in text
    assert "A model labelled all" not in text


def test_no_composed_sentences_are_not_spoken_of(data: ReportInput) -> None:
    bare = replace(data, labeled=data.real)
    assert "composed" not in data_card(bare).split("## Fields")[0].lower()
    assert "machine-generated" not in str(DatasetCard(data_card(bare)).data.language_creators)


def test_model_card_is_one_of_the_hub(data: ReportInput) -> None:
    card = ModelCard(model_card(data))
    assert card.data.license == "apache-2.0"
    assert card.data.language == ["en"]
    assert card.data.base_model == "sentence-transformers/all-MiniLM-L6-v2"
    assert card.data.pipeline_tag == "text-classification"
    results = {(r.task_name, r.metric_type): r.metric_value for r in card.data.eval_results or ()}
    metrics = data.metrics["tasks"]["stance"]["models"]["transformer"]
    assert results["Stance", "f1"] == round(metrics["macro_f1"]["mean"], 4)
    assert results["Stance", "accuracy"] == round(metrics["accuracy"]["mean"], 4)
    assert len(results) == 9
    assert "not trained on it" in folded(card.text)


def test_data_card_is_one_of_the_hub(data: ReportInput) -> None:
    card = DatasetCard(data_card(data))
    assert card.data.annotations_creators == ["machine-generated"]
    assert card.data.language_creators == ["found", "machine-generated"]
    assert card.data.size_categories == "n<1K"
    assert card.data.task_categories == ["text-classification"]
    assert "all rights reserved" in card.text
    assert "not stated; ask the publisher" in card.text
    assert "`double_standards`" in card.text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("microsoft/deberta-v3-small", "microsoft/deberta-v3-small"),
        ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"),
        ("/srv/models/mine", None),
        ("./mine", None),
        ("~/mine", None),
        ("tests/reporting", None),
        ("mine", None),
    ],
)
def test_only_a_hub_id_is_named_as_base_model(data: ReportInput, name: str, expected: str | None) -> None:
    card = model_card(with_manifest(data, model={"transformer": {"name_or_path": name}}))
    assert yaml.safe_load(card.split("---")[1]).get("base_model") == expected


def test_the_described_model_is_the_current_one_if_it_was_evaluated(data: ReportInput) -> None:
    assert described_model(data) == "transformer"
    assert described_model(with_manifest(data, train={"current": "tfidf"})) == "tfidf"
    assert described_model(with_manifest(data, train={"current": "absent"})) == "transformer"
    assert described_model(replace(data, manifest={})) == "transformer"


def test_cards_of_another_codebook(make_report_input: Callable[..., ReportInput], mail: Codebook) -> None:
    data = make_report_input(codebook=mail, models=["tfidf"], composed=0)
    card = model_card(data)
    assert "probabilities for topic and urgency" in card
    assert "base_model" not in card
    assert "`bug report`" in data_card(data)


def test_unknown_creators_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"report\.origins\.creators='llm' is unknown; choose one of"):
        LabelOrigin(creators="llm")


@pytest.mark.parametrize(("name", "value"), [("worst_errors", -1), ("png_dpi", 5), ("png_dpi", 100_000)])
def test_settings_out_of_range_are_refused(name: str, value: int) -> None:
    with pytest.raises(ConfigError, match=rf"report\.{name}={value}"):
        ReportSettings(**{name: value})
