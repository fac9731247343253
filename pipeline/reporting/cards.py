"""Model card and data card, as the Hugging Face hub reads them: YAML front matter, then Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from huggingface_hub import DatasetCardData, EvalResult, ModelCardData

from pipeline.reporting.blocks import Cell, Column, Table, facts
from pipeline.reporting.formatting import mean, plain
from pipeline.reporting.inputs import ReportInput
from pipeline.reporting.names import METRICS, document_name, enumerate_words, model_name, title, words
from pipeline.reporting.rendering import render_card
from pipeline.reporting.sections.agreement import agreement_table
from pipeline.reporting.sections.calibration import calibration_table
from pipeline.reporting.sections.distributions import documents_table, labels_table
from pipeline.reporting.sections.label_scores import f1_table, tier_rule
from pipeline.reporting.sections.provenance import run_facts, time_table
from pipeline.reporting.sections.reproduction import commands
from pipeline.reporting.sections.splits import split_facts
from pipeline.reporting.sections.verdict import headline, headline_table, level

_HUB_METRICS = {"macro_f1": "f1", "accuracy": "accuracy", "mcc": "matthews_correlation"}
"""Our metrics and their identifiers on the hub."""

_BASE_MODELS = {"all-MiniLM-L6-v2": "sentence-transformers/all-MiniLM-L6-v2"}
"""Encoders that come with the project, and what the same weights are called on the hub."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def model_card(data: ReportInput) -> str:
    """The card of the model that the run leaves for later use."""
    model = described_model(data)
    context = {
        **_shared(data),
        "model": model_name(model),
        "headline": headline(data),
        "scores": headline_table(data),
        "label_scores": [f1_table(data, task) for task in data.tasks],
        "calibration": [calibration_table(data, task) for task in data.tasks],
        "tier_rule": tier_rule(data),
        "settings": _settings_table(data, model),
        "times": [time_table(data)] if data.training else [],
    }
    return render_card("model_card.md.j2", _model_front_matter(data, model), context)


def data_card(data: ReportInput) -> str:
    """The card of the labelled sentences."""
    context = {
        **_shared(data),
        "label_counts": [labels_table(data, task) for task in data.codebook.tasks],
        "agreement": [agreement_table(data)] if data.agreement.get("tasks") else [],
    }
    return render_card("data_card.md.j2", _data_front_matter(data), context)


def described_model(data: ReportInput) -> str:
    """The model that `train.current` names; where it was not evaluated, the strongest kind of model that was."""
    evaluated = [model for task in data.tasks for model in data.rivals(task)]
    current = data.manifest.get("config", {}).get("train", {}).get("current")
    if isinstance(current, str) and (current in evaluated or not evaluated):
        return current
    return evaluated[0] if evaluated else "none"


def _shared(data: ReportInput) -> dict[str, Any]:
    composed = data.composed_count
    return {
        "name": data.name,
        "codebook": data.codebook,
        "tasks": enumerate_words([words(task) for task in data.codebook.tasks]),
        "definitions": [_definitions(data, task) for task in data.codebook.tasks],
        "documents": documents_table(data),
        "rights": [(document_name(document), document.rights) for document in data.documents],
        "real": len(data.real),
        "composed": composed,
        "gold_origin": data.origin,
        "composed_origins": data.composed_origins,
        "languages": enumerate_words(_languages(data)),
        "level": level(data),
        "split": split_facts(data),
        "run": run_facts(data),
        "commands": commands(data),
    }


def _definitions(data: ReportInput, task: str) -> Table:
    definitions = data.codebook.tasks[task].labels.items()
    rows = tuple((Cell(label, code=True), Cell(definition)) for label, definition in definitions)
    question = data.codebook.tasks[task].question
    return Table(f"{title(task)}. {question}".strip(), (Column("Label"), Column("Definition", kind="long")), rows)


def _settings_table(data: ReportInput, model: str) -> Table:
    settings = data.manifest.get("config", {}).get("model", {}).get(model) or {}
    rows = [(words(name), Cell(plain(value))) for name, value in settings.items() if not name.startswith("_")]
    return facts(f"Settings of {model_name(model)}.", rows or [("Settings", Cell("not recorded"))])


def _languages(data: ReportInput) -> list[str]:
    return sorted({document.language for document in data.documents if document.language})


def _model_front_matter(data: ReportInput, model: str) -> str:
    base = _base_model(data.manifest.get("config", {}).get("model", {}).get(model) or {})
    card = ModelCardData(
        language=_languages(data) or None,
        license="apache-2.0",
        base_model=base,
        pipeline_tag="text-classification",
        tags=["text-classification", *(word.replace("_", "-") for word in data.codebook.tasks)],
        metrics=list(_HUB_METRICS.values()),
        model_name=f"{data.codebook.name}-{model}",
        eval_results=_eval_results(data, model) or None,
    )
    return card.to_yaml()


def _base_model(settings: Mapping[str, Any]) -> str | None:
    """Hub id of the encoder. A path of this machine is no id and would mean nothing to others."""
    name = settings.get("name_or_path")
    if not isinstance(name, str) or not name:
        return None
    if name in _BASE_MODELS:
        return _BASE_MODELS[name]
    return name if name.count("/") == 1 and not name.startswith((".", "/", "~")) and not Path(name).exists() else None


def _eval_results(data: ReportInput, model: str) -> list[EvalResult]:
    results = []
    for task in data.tasks:
        metrics = data.task_metrics(task)["models"].get(model, {})
        for key, hub in _HUB_METRICS.items():
            value = mean(metrics.get(key))
            if value is not None:
                results.append(
                    EvalResult(
                        task_type="text-classification",
                        task_name=title(task),
                        dataset_type=data.codebook.name,
                        dataset_name=data.codebook.title or data.codebook.name,
                        dataset_config=task,
                        dataset_split=f"out of fold ({data.split.get('strategy', 'unknown')})",
                        metric_type=hub,
                        metric_name=METRICS[key],
                        metric_value=round(value, 4),
                    )
                )
    return results


def _data_front_matter(data: ReportInput) -> str:
    origins = [origin for origin in (data.origin, *data.composed_origins) if origin]
    size = next((name for limit, name in _SIZES if len(data.labeled) < limit), "n>1M")
    languages = _languages(data)
    card = DatasetCardData(
        pretty_name=data.codebook.title or data.codebook.name,
        language=languages or None,
        license="other",
        annotations_creators=sorted({origin.creators for origin in origins}) or ["other"],
        language_creators=["found", *(["machine-generated"] if data.composed_count else [])],
        multilinguality=("monolingual" if len(languages) == 1 else "multilingual") if languages else None,
        size_categories=size,
        source_datasets=["original"],
        task_categories=["text-classification"],
        tags=[word.replace("_", "-") for word in data.codebook.tasks],
    )
    return card.to_yaml()
