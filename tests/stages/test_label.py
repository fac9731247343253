"""The label stage: rules vote beside gold, changed files are noticed, and the analysis is written and printed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_records
from pipeline.manifest import ArtifactFolder
from pipeline.records import LabeledSentence, Vote
from pipeline.settings.rules import RulesSettings
from pipeline.settings.run import RunSettings
from pipeline.stages.pipeline import run_stage
from pipeline.stages.train import TrainingPlan

RULES = """\
task: {task}
codebook: tiny/1
rules:
  - {{name: {name}, label: {label}, reason: A rule., match: {match}}}
"""


@pytest.fixture
def root(sources: Path, tmp_path: Path) -> Path:
    project = tmp_path / "project"
    shutil.copytree(sources, project)
    rule = {"task": "stance", "name": "rejects", "label": "against", "match": "reject"}
    (project / "stance.yaml").write_text(RULES.format(**rule))
    (project / "length.yaml").write_text(RULES.format(task="length", name="cites", label="long", match="report"))
    return project


@pytest.fixture
def settings(settings_for: Callable[..., RunSettings], root: Path) -> RunSettings:
    chosen = settings_for()
    chosen.labeling = replace(chosen.labeling, rules=["stance.yaml", "length.yaml"])
    run_stage("ingest", chosen, root)
    return chosen


def test_rules_vote_beside_gold_and_decide_nothing(settings: RunSettings, root: Path) -> None:
    outcome = run_stage("label", settings, root)
    votes = read_records(outcome.folder / "votes.jsonl", Vote)
    assert sum(vote.annotator == "rejects" for vote in votes) == 16
    labeled = read_records(outcome.folder / "labels.jsonl", LabeledSentence)
    assert {sentence.provenance["stance"] for sentence in labeled} == {"resolved:gold"}
    assert outcome.warnings == ()
    assert not run_stage("label", settings, root).ran
    (root / "length.yaml").write_text((root / "length.yaml").read_text().replace("match: report", "match: vote"))
    assert run_stage("label", settings, root).ran


def test_labels_by_rules_alone_come_with_a_warning(settings: RunSettings, root: Path) -> None:
    settings.labeling = replace(settings.labeling, gold="")
    outcome = run_stage("label", settings, root)
    assert any(warning.startswith("stance: 16 labels are by rules alone") for warning in outcome.warnings)


def test_the_analysis_is_written_and_shown_and_changes_no_label(
    settings: RunSettings, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_stage("label", settings, root)
    settings.labeling = replace(settings.labeling, analyze=True)
    outcome = run_stage("label", settings, root)
    assert not outcome.ran
    found = read_json(outcome.folder / "labeling_functions.json")["tasks"]["stance"]["functions"]["rejects"]
    assert (found["votes"], found["judged"], found["correct"]) == (16, 16, 16)
    assert "rejects" in (outcome.folder / "labeling_functions.md").read_text()
    assert "16 of 16" in capsys.readouterr().out
    assert ArtifactFolder(outcome.folder).altered("label_analysis") == []


def test_the_rules_are_a_model_whose_files_are_watched(settings: RunSettings, root: Path) -> None:
    settings.model = {"rules": RulesSettings(files=list(settings.labeling.rules))}
    settings.train = replace(settings.train, final=["rules"])
    for stage in ("label", "split"):
        run_stage(stage, settings, root)
    assert run_stage("train", settings, root).ran
    assert not run_stage("train", settings, root).ran
    assert (root / "models" / settings.name / "rules" / "rules.json").is_file()
    (root / "stance.yaml").write_text((root / "stance.yaml").read_text().replace("reject", "support"))
    assert run_stage("train", settings, root).ran


@pytest.mark.parametrize("weigh", [False, True])
def test_training_weighs_by_confidence_where_it_is_told_to(settings: RunSettings, root: Path, weigh: bool) -> None:
    voters = [("ann", "favor"), ("bob", "favor"), ("eve", "against")]
    votes = [
        {
            "sentence": "first-0000",
            "task": "stance",
            "label": label,
            "annotator": name,
            "kind": "human",
            "codebook": "tiny/1",
        }
        for name, label in voters
    ]
    (root / "votes.jsonl").write_text("".join(json.dumps(vote) + "\n" for vote in votes))
    gold = root / settings.labeling.gold
    first, *others = [json.loads(line) for line in gold.read_text().splitlines()]
    gold.write_text("".join(json.dumps(row) + "\n" for row in [first | {"stance": None}, *others]))
    settings.labeling = replace(settings.labeling, votes=["votes.jsonl"])
    settings.train = replace(settings.train, weight_by_confidence=weigh)
    for stage in ("label", "split"):
        run_stage(stage, settings, root)
    plan = TrainingPlan(settings, root)
    [disputed] = [sentence for sentence in plan.sentences.values() if sentence.provenance["stance"].startswith("human")]
    assert disputed.labels["stance"] == "favor"
    assert disputed.confidence == ({"stance": pytest.approx(2 / 3)} if weigh else {})
