"""The schema that Hydra composes against: it refuses unknown keys and wrong types before anything runs."""

from __future__ import annotations

from hydra.core.config_store import ConfigStore

from pipeline.codebook import Codebook
from pipeline.settings.baselines import EmbeddingSettings, MajoritySettings, StratifiedSettings, TfidfSettings
from pipeline.settings.corpus import CorpusSettings
from pipeline.settings.evaluation import EvaluationSettings
from pipeline.settings.labeling import LabelingSettings
from pipeline.settings.probes import ProbeSettings
from pipeline.settings.report import ReportSettings
from pipeline.settings.rules import RulesSettings
from pipeline.settings.run import RunSettings
from pipeline.settings.split import SplitSettings
from pipeline.settings.train import TrainSettings
from pipeline.settings.transformer import TransformerSettings


def register_schema() -> None:
    """Make every settings class known to Hydra as `GROUP/GROUP_schema`, each model's as `model/NAME_schema`."""
    store = ConfigStore.instance()
    store.store(name="run_schema", node=RunSettings)
    store.store(group="corpus", name="corpus_schema", node=CorpusSettings)
    store.store(group="codebook", name="codebook_schema", node=Codebook)
    store.store(group="labeling", name="labeling_schema", node=LabelingSettings)
    store.store(group="split", name="split_schema", node=SplitSettings)
    store.store(group="train", name="train_schema", node=TrainSettings)
    store.store(group="probes", name="probes_schema", node=ProbeSettings)
    store.store(group="evaluation", name="evaluation_schema", node=EvaluationSettings)
    store.store(group="report", name="report_schema", node=ReportSettings)
    store.store(group="model", name="majority_schema", node=MajoritySettings)
    store.store(group="model", name="stratified_schema", node=StratifiedSettings)
    store.store(group="model", name="rules_schema", node=RulesSettings)
    store.store(group="model", name="tfidf_schema", node=TfidfSettings)
    store.store(group="model", name="embedding_schema", node=EmbeddingSettings)
    store.store(group="model", name="transformer_schema", node=TransformerSettings)
