"""`stance suspects` and `stance suggest` from the command line, and their sheets back through the import."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.annotating.answers import read_answers
from pipeline.annotating.votes import Ballot
from pipeline.artifacts import read_records, write_records
from pipeline.cli import main
from pipeline.codebook import Codebook, Task
from pipeline.errors import BaseModelError
from pipeline.manifest import ArtifactFolder, Work
from pipeline.models.base import TrainingData
from pipeline.models.tfidf import TfidfModel
from pipeline.records import LabeledSentence, Sentence, VoteKind
from pipeline.reviewing import suggest_command, suspects_command, vectors
from pipeline.settings.baselines import TfidfSettings

STANCES = ("against", "favor", "neutral")
OPENINGS = ("They reject", "We support", "The paper describes")


@pytest.fixture(autouse=True)
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the encoder's package and network."""

    def found(texts: list[str], kind: str) -> Any:
        if kind == vectors.ENCODER:
            raise BaseModelError("the encoder is not here")
        return vectors.sentence_vectors(texts, kind)

    monkeypatch.setattr(suspects_command, "sentence_vectors", found)
    monkeypatch.setattr(suggest_command, "sentence_vectors", found)


def read_sheet(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_suspects_go_to_a_pipe_as_json_lines(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suspects", "tiny", "--task", "stance", "--n", "4"]) == 0
    told = capsys.readouterr()
    assert "neighbours by TF-IDF, as there is no sentence encoder" in told.err
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert 1 <= len(rows) <= 4
    labels = {one.id: one.labels for one in read_records(project / "data/processed/tiny/labels.jsonl", LabeledSentence)}
    for row in rows:
        assert row["task"] == "stance"
        assert row["given"] == labels[row["sentence_id"]]["stance"] != row["suggested"]
        assert row["text"]
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)


def test_a_reviewed_sheet_comes_back_as_adjudicated_votes(project: Path, settings_for: Any) -> None:
    sheet = project / "review.csv"
    assert main(["suspects", "reports/tiny", "--neighbours", "tfidf", "--n", "3", "--output", str(sheet)]) == 0
    rows = read_sheet(sheet)
    assert len({row["sentence_id"] for row in rows}) == len(rows)
    assert all("rather" in row["_reason"] and row["stance"] == row["length"] == "" for row in rows)
    rows[0] |= {"stance": "favor", "annotator": "Ada"}
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    codebook = settings_for().codebook
    sentences = read_records(project / "data/processed/tiny/sentences.jsonl", Sentence)
    ballot = Ballot()
    ballot.add(read_answers(sheet, codebook), {one.id: one.text for one in sentences}, codebook)
    assert not ballot.rejected
    (vote,) = ballot.votes.values()
    assert (vote.sentence, vote.task, vote.label) == (rows[0]["sentence_id"], "stance", "favor")
    assert (vote.annotator, vote.kind) == ("Ada", VoteKind.ADJUDICATED)


def test_one_model_can_be_asked_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["suspects", "tiny", "--model", "majority", "--task", "stance"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["probability"] for row in rows} <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["suspects", "nowhere"], "nowhere holds no manifest.json"),
        (["suspects", "tiny", "--task", "mood"], "unknown task 'mood'"),
        (["suspects", "tiny", "--model", "oracle"], "unknown model 'oracle'; the run has majority, stratified"),
        (["suspects", "tiny", "--output", "sheet.xlsx"], "must end in .csv"),
        (["suspects", "tiny", "--output", "no/such/sheet.csv"], "there is no folder no/such"),
        (["suspects", "tiny", "--n", "0"], "--n is 0, it must be at least 1"),
        (["suggest", "--from", "tiny"], "holds no model"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TF-IDF model of stances that has seen few sentences in favour."""
    root = tmp_path_factory.mktemp("model")
    shares = {"against": 9, "favor": 3, "neutral": 9}
    training = [
        LabeledSentence(f"{label}{n}", f"{opening} matter {n}.", {"stance": label}, document=f"d{n % 4}")
        for (label, count), opening in zip(shares.items(), OPENINGS, strict=True)
        for n in range(count)
    ]
    settings = TfidfSettings(
        squared_C=[1.0], logistic_C=[], class_weight=["none"], composed_weight=[0.0], inner_folds=2, min_df=1
    )
    fitted = TfidfModel(settings, Codebook("toy", "1", tasks={"stance": Task(labels=dict.fromkeys(STANCES, ""))}))
    fitted.fit(TrainingData(training, {one.id: str(one.document) for one in training}), seed=1)
    ArtifactFolder(root / "tfidf").ensure(Work("final", {}, {}, "code"), root, fitted.save)
    return root / "tfidf"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of 40 sentences of which 10 are labelled, one of them in favour."""
    folder = tmp_path / "data" / "processed" / "mine"
    folder.mkdir(parents=True)
    texts = [f"{OPENINGS[n % 3]} point {n} and {OPENINGS[(n // 3) % 3].lower()} it." for n in range(40)]
    sentences = [Sentence(f"a-{n}", "a", n, text, 0, len(text)) for n, text in enumerate(texts)]
    write_records(folder / "sentences.jsonl", sentences)
    labels = ["against"] * 5 + ["neutral"] * 4 + ["favor"]
    labeled = [LabeledSentence(f"a-{n}", texts[n], {"stance": label}, "a", n) for n, label in enumerate(labels)]
    write_records(folder / "labels.jsonl", labeled)
    monkeypatch.chdir(tmp_path)
    return folder


def test_suggestions_are_unlabelled_sentences_with_a_reason(
    corpus: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suggest", "--from", "mine", "--n", "8", "--model", str(model)]) == 0
    told = capsys.readouterr()
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert len({row["sentence_id"] for row in rows}) == 8
    assert all(int(row["sentence_id"].removeprefix("a-")) >= 10 for row in rows)
    assert "8 of 30 unlabelled sentences" in told.err
    rare = [row for row in rows if row["kind"] == "rare"]
    assert rare
    assert all("may be favor, which is rare (1 of 10)" in row["reason"] for row in rare)
    sentences = read_records(corpus / "sentences.jsonl", Sentence)
    place = {one.id: one.index for one in sentences}
    assert all(row["context"] == sentences[place[row["sentence_id"]] - 1].text for row in rows)


def test_suggestions_as_a_sheet_come_back_as_votes_of_people(corpus: Path, model: Path) -> None:
    sheet = corpus.parents[2] / "next.csv"
    assert main(["suggest", "--from", "mine", "--n", "3", "--model", str(model), "--output", str(sheet)]) == 0
    rows = read_sheet(sheet)
    for row in rows:
        row["stance"] = "neutral"
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    codebook = Codebook("toy", "1", tasks={"stance": Task(labels=dict.fromkeys(STANCES, ""))})
    texts = {one.id: one.text for one in read_records(corpus / "sentences.jsonl", Sentence)}
    ballot = Ballot()
    ballot.add(read_answers(sheet, codebook, "Ada"), texts, codebook)
    assert not ballot.rejected
    assert {(vote.annotator, vote.kind, vote.label) for vote in ballot.votes.values()} == {
        ("Ada", VoteKind.HUMAN, "neutral")
    }


def test_documents_that_were_never_ingested_can_be_searched(
    corpus: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "speech.txt").write_text(
        "We support the visit today. They reject it. The paper describes it at length."
    )
    assert main(["suggest", "--from", "speech.txt", "--n", "2", "--model", str(model)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 2
    assert {row["document"] for row in rows} == {"speech.txt"}


def test_a_corpus_with_a_label_for_everything_says_so(
    corpus: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentences = read_records(corpus / "sentences.jsonl", Sentence)
    write_records(
        corpus / "labels.jsonl",
        [LabeledSentence(one.id, one.text, {"stance": "favor"}, "a", one.index) for one in sentences],
    )
    assert main(["suggest", "--from", "mine", "--model", str(model)]) == 2
    assert "mine holds no sentence without a label" in capsys.readouterr().err


def test_an_unknown_source_says_what_would_be_one(
    corpus: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suggest", "--from", "elsewhere", "--model", str(model)]) == 2
    assert "elsewhere is neither an ingested corpus nor a file" in capsys.readouterr().err
