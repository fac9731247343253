"""The rules as a comparator: votes become probabilities, and a saved model says the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import sha256_file
from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError, ConfigError, DataError
from pipeline.inference.classifier import Classifier
from pipeline.inference.items import Item
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models.base import TrainingData
from pipeline.models.rules import RulesModel
from pipeline.records import LabeledSentence
from pipeline.settings.rules import RulesSettings

ROOT = Path(__file__).parents[2]
FRAME = """\
task: frame
codebook: toy/1
rules:
  - {name: says_rights, label: accountability, reason: Named., match: rights}
"""
STANCE = """\
task: stance
codebook: toy/1
rules:
  - {name: rejects, label: against, reason: An act., match: reject*}
  - {name: refuses, label: against, reason: An act., match: reject*|refuse*}
  - {name: supports, label: favor, reason: An act., match: support*}
  - {name: china_speaks, label: against, reason: A guess., speaker: china}
"""


@pytest.fixture
def fitted(codebook: Codebook, sentences: list[LabeledSentence], tmp_path: Path) -> RulesModel:
    (tmp_path / "stance.yaml").write_text(STANCE)
    (tmp_path / "frame.yaml").write_text(FRAME)
    model = RulesModel(RulesSettings(files=["stance.yaml", "frame.yaml"]), codebook)
    model.root = tmp_path
    details = model.fit(TrainingData(sentences, {one.id: str(one.document) for one in sentences}), seed=1)
    assert details["rules"] == {"stance": 4, "frame": 1}
    assert details["counts"]["stance"] == {"against": 12, "favor": 12, "neutral": 12}
    return model


@pytest.fixture
def folder(fitted: RulesModel, tmp_path: Path) -> Path:
    ArtifactFolder(tmp_path / "rules").ensure(Work("final", {}, {}, "code"), tmp_path, fitted.save)
    return tmp_path / "rules"


def test_votes_become_shares_and_abstentions_become_frequencies(fitted: RulesModel) -> None:
    found = fitted.predict_proba(["We reject it.", "We support and refuse it.", "It rains."])["stance"]
    assert found[0] == pytest.approx([(2 + 1 / 3) / 3, 1 / 9, 1 / 9])
    assert found[1] == pytest.approx([4 / 9, 4 / 9, 1 / 9])
    assert found[2] == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_the_context_names_the_speaker_of_a_quotation(fitted: RulesModel) -> None:
    texts = ['"It rains."'] * 2
    found = fitted.predict_proba(texts, ["China said that it was late.", "It was late."])["stance"]
    assert found[0, 0] == pytest.approx(2 / 3)
    assert found[1, 0] == pytest.approx(1 / 3)


def test_no_texts_give_no_rows_and_an_unfitted_model_refuses(fitted: RulesModel, codebook: Codebook) -> None:
    assert {task: rows.shape for task, rows in fitted.predict_proba([]).items()} == {"stance": (0, 3), "frame": (0, 4)}
    with pytest.raises(DataError, match="call fit or load first"):
        RulesModel(RulesSettings(files=["x"]), codebook).predict_proba(["It rains."])


def test_a_task_without_rules_is_refused(fitted: RulesModel, codebook: Codebook) -> None:
    model = RulesModel(RulesSettings(files=["stance.yaml"]), codebook)
    model.root = fitted.root
    with pytest.raises(DataError, match="holds no rules for frame"):
        model.fit(TrainingData([], {}), seed=1)


def test_no_files_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"rules\.files is empty"):
        RulesSettings(files=[])


def test_a_saved_model_needs_no_rule_files_and_says_the_same(fitted: RulesModel, folder: Path) -> None:
    texts = ["We reject it.", "Rights matter.", "It rains."]
    before = fitted.predict_proba(texts)
    for name in ("stance.yaml", "frame.yaml"):
        (fitted.root / name).unlink()
    after = RulesModel.load(folder).predict_proba(texts)
    assert all(np.array_equal(before[task], after[task]) for task in before)


def test_the_classifier_answers_by_rules_and_explains_them(folder: Path) -> None:
    classifier = Classifier.load(folder)
    text = "Today we reject everything."
    [record] = classifier.predict([text])
    assert record["stance"].label == "against"
    assert record.model.startswith("rules-")
    words = classifier.explain(Item("1", text), record)["stance"]
    assert max(words, key=lambda word: word.weight).word == "reject"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("rules.json", {"format": 9}, r"rules\.json has format 9, this version reads 1"),
        ("rules.json", {"files": [{"name": "s.yaml", "text": STANCE.replace("against", "hostile")}]}, "s.yaml:4"),
        ("rules.json", {"files": None}, "does not hold whole rules"),
        ("model.json", {"priors": {"stance": [1, 0, 0], "frame": [0.25] * 4}}, "stance has frequencies"),
        ("model.json", {"priors": {"stance": [0.5, 0.25, 0.25]}}, "no label frequencies for every task"),
        ("model.json", {"format": 2}, "has format 2, this version reads 1"),
    ],
)
def test_an_altered_model_is_refused(folder: Path, name: str, change: dict[str, Any], message: str) -> None:
    path, note = folder / name, folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    if name != "model.json":  # as somebody would who also mends the digest
        files = {"files": {name: sha256_file(path)}}
        note.write_text(json.dumps(json.loads(note.read_text()) | files))
    with pytest.raises(ArtifactError, match=message) as caught:
        RulesModel.load(folder)
    assert "\n" not in str(caught.value)


def test_classifying_by_rules_imports_nothing_heavy() -> None:
    code = (
        "import sys, pipeline.inference.rules_scorer;"
        "sys.exit(str({'torch', 'transformers', 'sklearn', 'hydra', 'crowdkit', 'pandas'} & set(sys.modules) or ''))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert found.stderr.strip() == ""
