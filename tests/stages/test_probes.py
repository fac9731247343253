"""Probes on a tiny project: what is trained, what is not done again, and what verify and reproduce make of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_records
from pipeline.errors import ArtifactError, DataError, LeakageError
from pipeline.models.floors import StratifiedModel
from pipeline.records import Prediction
from pipeline.reproduction.reproduce import main as reproduce
from pipeline.reproduction.verify import verify
from pipeline.settings.baselines import TfidfSettings
from pipeline.settings.probes import ProbeSettings
from pipeline.settings.run import RunSettings
from pipeline.settings.train import TrainSettings
from pipeline.stages.pipeline import run_stage
from pipeline.stages.probe_plan import ProbePlan
from pipeline.stages.train import TrainingPlan

STAGES = ("ingest", "label", "split", "train", "evaluate")
PAIRS = "data/annotations/challenge.jsonl"


def write_pairs(root: Path, first: str = "Nobody wants an enquiry at all.") -> None:
    common = {"pair": "p1", "type": "negation", "expect": "stance_flips"}
    rows = [
        {**common, "id": "p1a", "text": first, "stance": "against", "length": "short"},
        {**common, "id": "p1b", "text": "Everybody wants an enquiry, though.", "stance": "favor", "length": None},
    ]
    (root / PAIRS).write_text("".join(json.dumps(row) + "\n" for row in rows))


def probing(settings: RunSettings, **probes: object) -> RunSettings:
    """Settings with probes of the stratified guess, and minimal pairs."""
    chosen = {"run": ["minimal_pairs", "labels_shuffled", "target_hidden", "leave_one_document_out"], **probes}
    settings.probes = ProbeSettings(**{"models": ["stratified"], "learning_curve": [0.5], **chosen})
    settings.labeling = replace(settings.labeling, challenge=PAIRS)
    settings.train = TrainSettings(final=["stratified"], current="", jobs=1)
    return settings


def run_all(settings: RunSettings, root: Path, stages: tuple[str, ...] = STAGES) -> list[str]:
    return [stage for stage in stages if run_stage(stage, settings, root).ran]


@pytest.fixture(scope="module")
def made(sources: Path, settings_for: Callable[..., RunSettings], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with probes; leave it as it is."""
    root = tmp_path_factory.mktemp("probed") / "project"
    shutil.copytree(sources, root)
    write_pairs(root)
    run_all(probing(settings_for()), root, (*STAGES, "report"))
    return root


@pytest.fixture
def done(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "project")
    return tmp_path / "project"


def test_results_lie_in_the_report_folder(made: Path) -> None:
    found = read_json(made / "reports" / "tiny" / "probes.json")
    assert list(found["probes"]) == ["labels_shuffled", "leave_one_document_out"]
    assert found["obstacles"] == {"target_hidden": "the sentences have a single target, so there is none to hide"}
    parts = found["probes"]["leave_one_document_out"]["models"]["stratified"]["stance"]["parts"]
    assert [(part["train"], part["sentences"]) for part in parts] == [(24, 24), (24, 24)]
    curve = found["learning_curve"]["stratified"]["stance"]["points"]
    assert [point["train"] for point in curve] == [12.0, 24.0]
    challenge = read_json(made / "reports" / "tiny" / "challenge.json")
    assert challenge["pairs"] == 1
    assert set(challenge["models"]) == {"majority", "stratified"}


def test_minimal_pairs_are_put_to_the_saved_model(made: Path) -> None:
    rows = read_records(made / "models/tiny/probes/minimal_pairs/stratified/fold-0/predictions.jsonl", Prediction)
    texts = ["Nobody wants an enquiry at all.", "Everybody wants an enquiry, though."]
    saved = StratifiedModel.load(made / "models/tiny/stratified").predict_proba(texts)
    expected = {task: [tuple(row) for row in values] for task, values in saved.items()}
    found = {task: [one.probabilities for one in rows if one.task == task] for task in expected}
    assert found == expected


def test_a_second_run_finds_everything_up_to_date(done: Path, settings_for: Callable[..., RunSettings]) -> None:
    assert run_all(probing(settings_for()), done, (*STAGES, "report")) == []


def test_another_probe_leaves_the_others_and_the_models_as_they_are(
    done: Path, settings_for: Callable[..., RunSettings]
) -> None:
    kept = [*(done / "models/tiny").rglob("fold-*/manifest.json"), done / "reports/tiny/metrics.json"]
    before = [path.stat().st_mtime_ns for path in kept]
    assert run_all(probing(settings_for(), run=["labels_shuffled", "length_only"]), done) == [
        "train",
        "evaluate",
    ]
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert set(read_json(done / "reports/tiny/probes.json")["probes"]) == {"labels_shuffled", "length_only"}
    assert not (done / "reports/tiny/challenge.json").exists()


def test_without_quick_the_reference_is_the_run_itself(done: Path, settings_for: Callable[..., RunSettings]) -> None:
    run_all(probing(settings_for()), done)
    quick = read_json(done / "reports/tiny/probes.json")["probes"]["labels_shuffled"]["models"]["stratified"]
    shutil.rmtree(done / "models/tiny/probes")
    run_all(probing(settings_for(), quick=False), done)
    assert not (done / "models/tiny/probes/unchanged").exists()
    full = read_json(done / "reports/tiny/probes.json")["probes"]["labels_shuffled"]["models"]["stratified"]
    reported = read_json(done / "reports/tiny/metrics.json")["tasks"]["stance"]["models"]["stratified"]["macro_f1"]
    assert full["stance"]["reference"]["macro_f1"]["mean"] == pytest.approx(reported["mean"])
    assert full["stance"]["reference"] == quick["stance"]["reference"], "this model has nothing to be quick about"


def test_models_that_the_run_lacks_are_not_asked(done: Path, settings_for: Callable[..., RunSettings]) -> None:
    run_all(probing(settings_for(), models=["transformer"], run=["labels_shuffled"], learning_curve=[]), done)
    assert not (done / "reports/tiny/probes.json").exists()


def test_evaluating_before_training_names_what_is_missing(done: Path, settings_for: Callable[..., RunSettings]) -> None:
    with pytest.raises(ArtifactError, match=r"probes/random_folds/.* is missing; run `stance train`"):
        run_stage("evaluate", probing(settings_for(), run=["random_folds"]), done)


def test_pairs_that_are_broken_or_known_stop_the_run_before_it_trains(
    done: Path, settings_for: Callable[..., RunSettings]
) -> None:
    write_pairs(done, first="They reject the inquiry, says the first text in line 0.")
    with pytest.raises(LeakageError, match="the first 'p1a'"):
        run_all(probing(settings_for()), done)
    (done / PAIRS).write_text('{"id": "p1a"\n')
    with pytest.raises(DataError, match=r"challenge\.jsonl:1: broken JSON"):
        run_all(probing(settings_for()), done)


def test_everything_verifies_and_is_reproduced(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify(made, made).findings == ()
    monkeypatch.chdir(made)
    assert reproduce(["reports/tiny"]) == 0


def test_an_altered_result_of_a_probe_is_made_again(done: Path, settings_for: Callable[..., RunSettings]) -> None:
    path = done / "reports/tiny/probes.json"
    honest = path.read_bytes()
    path.write_text("{}")
    assert verify(done, done).findings
    assert "evaluate" in run_all(probing(settings_for()), done)
    assert path.read_bytes() == honest


def test_quick_trainings_do_not_tune_and_see_no_composed_sentences(
    made: Path, settings_for: Callable[..., RunSettings]
) -> None:
    settings = probing(settings_for(), models=["tfidf"])
    settings.model["tfidf"] = TfidfSettings()
    waves = ProbePlan(TrainingPlan(settings, made)).waves()
    cells = [cell for wave in waves for cell in wave]
    assert {(*cell.settings.squared_C, *cell.settings.logistic_C) for cell in cells} == {(1.0,)}
    assert all(cell.data.composed == () for cell in cells)
    assert len({cell.folder for cell in cells}) == len({cell.title for cell in cells}) == len(cells)
