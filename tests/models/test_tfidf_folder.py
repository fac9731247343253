from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.codebook import Codebook
from pipeline.errors import ArtifactError
from pipeline.models.base import TrainingData
from pipeline.models.tfidf import TfidfModel
from pipeline.records import LabeledSentence
from pipeline.settings.baselines import TfidfSettings

FILES = ("arrays.npz", "model.json", "vocabulary.json")
UNSEEN = ["They reject it all.", "we support rights, they said", "The council met.", "", "zzz 中国"]


@pytest.fixture(scope="module")
def fitted(codebook: Codebook, sentences: list[LabeledSentence], composed: list[LabeledSentence]) -> TfidfModel:
    model = TfidfModel(TfidfSettings(logistic_C=[], inner_folds=2), codebook)
    model.fit(TrainingData(sentences, {one.id: str(one.document) for one in sentences}, composed), seed=3)
    return model


@pytest.fixture
def folder(fitted: TfidfModel, tmp_path: Path) -> Path:
    saved = tmp_path / "tfidf"
    saved.mkdir()
    fitted.save(saved)
    return saved


def rewrite_digest(folder: Path, name: str) -> None:
    """Make `model.json` vouch for a file that was changed."""
    note = json.loads((folder / "model.json").read_text())
    note["files"][name] = sha256((folder / name).read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(note))


def test_a_saved_model_predicts_the_same_to_the_last_bit(fitted: TfidfModel, folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == list(FILES)
    loaded = TfidfModel.load(folder)
    before, after = fitted.predict_proba(UNSEEN), loaded.predict_proba(UNSEEN)
    assert all(np.array_equal(before[task], after[task]) for task in before)
    assert fitted.contributions(UNSEEN[0], "frame", "none") == loaded.contributions(UNSEEN[0], "frame", "none")
    assert loaded.settings == fitted.settings


def test_a_saved_model_predicts_without_the_libraries_that_trained_it(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pipeline.models.tfidf import TfidfModel\n"
        "found = TfidfModel.load(Path(sys.argv[1])).predict_proba(['we reject it'])\n"
        "print(found['stance'].argmax(), *sorted({'sklearn', 'scipy', 'torch', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtifactError, match=f"{name} is missing") as caught:
        TfidfModel.load(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_refused(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtifactError, match=name):
        TfidfModel.load(folder)


def test_an_altered_file_is_refused(folder: Path) -> None:
    content = bytearray((folder / "arrays.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "arrays.npz").write_bytes(content)
    with pytest.raises(ArtifactError, match="altered or cut short"):
        TfidfModel.load(folder)


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_broken_arrays_are_refused_even_with_a_matching_digest(folder: Path, cut: int) -> None:
    (folder / "arrays.npz").write_bytes((folder / "arrays.npz").read_bytes()[:cut])
    rewrite_digest(folder, "arrays.npz")
    with pytest.raises(ArtifactError, match="broken or does not fit"):
        TfidfModel.load(folder)


def changed(arrays: dict[str, Any], case: str) -> dict[str, Any]:
    weights, intercept, idf = arrays["weights"], arrays["intercept"], arrays["idf"]
    return {
        "fewer features": {"weights": weights[1:], "intercept": intercept, "idf": idf},
        "fewer labels": {"weights": weights[:, 1:], "intercept": intercept[1:], "idf": idf},
        "another type": {"weights": weights.astype(np.float64), "intercept": intercept, "idf": idf},
        "flat weights": {"weights": weights.ravel(), "intercept": intercept, "idf": idf},
        "not a number": {"weights": weights * np.float32(np.nan), "intercept": intercept, "idf": idf},
        "no frequencies": {"weights": weights, "intercept": intercept},
        "objects": {"weights": weights, "intercept": intercept, "idf": idf.astype(object)},
    }[case]


@pytest.mark.parametrize(
    "case",
    ["fewer features", "fewer labels", "another type", "flat weights", "not a number", "no frequencies", "objects"],
)
def test_arrays_that_do_not_fit_are_refused(folder: Path, case: str) -> None:
    with np.load(folder / "arrays.npz") as stored:
        arrays = dict(stored)
    np.savez(folder / "arrays.npz", **changed(arrays, case))
    rewrite_digest(folder, "arrays.npz")
    with pytest.raises(ArtifactError, match="broken or does not fit"):
        TfidfModel.load(folder)


@pytest.mark.parametrize("content", ['{"words": [], "characters": []}', '{"words": 3}', "[]", '{"words": ["a"]'])
def test_a_vocabulary_that_does_not_fit_is_refused(folder: Path, content: str) -> None:
    (folder / "vocabulary.json").write_text(content)
    rewrite_digest(folder, "vocabulary.json")
    with pytest.raises(ArtifactError, match=r"vocabulary\.json"):
        TfidfModel.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2, this version reads 1"),
        ({"kind": "transformer"}, "does not describe a tfidf model"),
        ({"files": {}}, r"does not list vocabulary\.json"),
        ({"files": {"../arrays.npz": "0"}}, "does not list"),
        ({"files": None}, "incomplete or altered"),
        ({"tasks": {"stance": ["favor", "against"]}}, "broken or does not fit"),
        ({"settings": {"min_df": 0}}, "settings that do not fit"),
    ],
)
def test_an_altered_note_is_refused(folder: Path, change: dict[str, object], message: str) -> None:
    note = folder / "model.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), **change}))
    with pytest.raises(ArtifactError, match=message) as caught:
        TfidfModel.load(folder)
    assert "\n" not in str(caught.value)
