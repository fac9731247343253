"""Sentences go out with context, definitions and pre-labels, and come back as what was answered."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from library_names import BOOK, CORPUS

from pipeline.annotating.command import main
from pipeline.annotating.formats.label_studio_config import labeling_config
from pipeline.artifacts import read_records
from pipeline.codebook import Codebook, Task
from pipeline.errors import ConfigError, DataError
from pipeline.records import Vote

THIRD = "harbour-0002"


def exported(kind: str, output: str, *more: str) -> int:
    return main(["export", CORPUS, "--codebook", BOOK, "--format", kind, "--output", output, *more])


def imported(*files: str) -> list[Vote]:
    main(["import", *files, "--corpus", CORPUS, "--codebook", BOOK, "--output", "votes.jsonl", "--annotator", "anna"])
    return read_records(Path("votes.jsonl"), Vote)


def lines(name: str, *rows: dict[str, Any]) -> str:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return name


@pytest.fixture
def proposals(library: Path) -> list[str]:
    """Options that export two sentences, of which one has a pre-label."""
    only = lines("only.jsonl", {"id": THIRD}, {"id": "harbour-0000"})
    record = {"id": THIRD, "tone": {"label": "neither", "abstained": False}, "model": "tfidf-1"}
    unsure = {"id": "harbour-0000", "tone": {"label": "praise", "abstained": True}, "model": "tfidf-1"}
    return ["--only", only, "--prelabels", lines("classified.jsonl", record, unsure)]


def test_label_studio_tasks_have_context_and_predictions(proposals: list[str]) -> None:
    assert exported("label-studio", "tasks.json", *proposals) == 0
    first, second = json.loads(Path("tasks.json").read_text())
    assert first["data"]["sentence_id"] == THIRD
    assert first["data"]["text"] == "The library opened in the old customs house."
    assert first["data"]["context"].startswith("The new reading room is a joy")
    assert first["data"]["context"].endswith("which we find unacceptable.")
    assert first["predictions"] == [
        {
            "model_version": "tfidf-1",
            "result": [
                {
                    "id": "tone-prelabel",
                    "from_name": "tone",
                    "to_name": "_text",
                    "type": "choices",
                    "value": {"choices": ["neither"]},
                }
            ],
        }
    ]
    assert "predictions" not in second  # the model abstained
    assert second["data"]["context"] == ""


def test_the_labelling_interface_is_the_codebook(codebook: Codebook) -> None:
    root = ElementTree.fromstring(labeling_config(codebook))
    shown = {tag.get("name"): tag.get("value") for tag in root.iter("Text")}
    assert shown == {"_context": "$context", "_text": "$text"}
    [choices] = root.iter("Choices")
    assert (choices.get("name"), choices.get("toName"), choices.get("choice")) == ("tone", "_text", "single-radio")
    hints = {choice.get("value"): choice.get("hint") for choice in choices}
    assert hints == codebook.tasks["tone"].labels
    text = ElementTree.tostring(root, encoding="unicode")
    assert "Long live the library!" in text
    assert "A wish that something be mended" in text


def test_hostile_names_stay_text_in_the_interface() -> None:
    nasty = '"/><Choice value="x'
    book = Codebook("a", "1", tasks={"t": Task('"<&>', {nasty: "<b>", "b": "&amp;"})})
    [choices] = ElementTree.fromstring(labeling_config(book)).iter("Choices")
    assert [choice.get("value") for choice in choices] == [nasty, "b"]
    book = Codebook("a", "1", tasks={"t": Task("", {"$text": "", "b": ""})})
    with pytest.raises(ConfigError, match="starts with a dollar"):
        labeling_config(book)


def test_label_studio_there_and_back(proposals: list[str]) -> None:
    exported("label-studio", "tasks.json", *proposals)
    tasks = json.loads(Path("tasks.json").read_text())
    for number, (task, label) in enumerate(zip(tasks, ["neither", "complaint"], strict=True), 1):
        result = {"from_name": "tone", "to_name": "_text", "type": "choices", "value": {"choices": [label]}}
        task |= {"id": number, "annotations": [{"id": number, "completed_by": 3, "result": [result]}]}
    Path("export.json").write_text(json.dumps(tasks))
    assert [(vote.sentence, vote.label, vote.prelabel) for vote in imported("export.json")] == [
        (THIRD, "neither", "tfidf-1"),
        ("harbour-0000", "complaint", ""),
    ]


def test_doccano_there_and_back(proposals: list[str], codebook: Codebook) -> None:
    exported("doccano", "examples.jsonl", *proposals)
    rows = [json.loads(line) for line in Path("examples.jsonl").read_text().splitlines()]
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert not any(value is None for row in rows for value in row.values())
    assert [row["label"] for row in rows] == [[], []]  # a pre-label is no label
    types = [one["text"] for one in json.loads(Path("examples.labels.json").read_text())]
    assert types == ["tone:praise", "tone:complaint", "tone:neither"]
    rows[0] |= {"id": 1, "label": ["tone:neither"], "Comments": []}
    lines("ben.jsonl", rows[0])
    [vote] = imported("ben.jsonl")
    assert (vote.label, vote.annotator, vote.prelabel) == ("neither", "anna", "tfidf-1")


def test_a_table_there_and_back(proposals: list[str]) -> None:
    exported("csv", "sheet.csv", *proposals)
    with Path("sheet.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["tone"] for row in rows] == ["", ""]
    assert [row["tone_prelabel"] for row in rows] == ["neither", ""]
    assert imported("sheet.csv") == []
    rows[0]["tone"] = "neither"
    with Path("sheet.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    [vote] = imported("sheet.csv")
    assert (vote.label, vote.annotator, vote.prelabel) == ("neither", "anna", "tfidf-1")


def test_disagreements_go_out_with_their_votes_and_come_back_adjudicated(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported("votes/anna.csv", "votes/ben.csv")
    disputed = ["--disagreements", "votes.jsonl"]
    assert exported("csv", "disputed.csv", *disputed) == 0
    with Path("disputed.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    told = {row["sentence_id"]: row["votes"] for row in rows}
    assert told["harbour-0000"] == "tone: anna praise, ben neither"
    assert len(told) == 3
    exported("label-studio", "disputed.json", *disputed)
    assert '<Text name="_votes" value="$votes"' in Path("disputed.config.xml").read_text()
    for row in rows[:2]:
        row |= {"tone": "praise", "annotator": "cleo"}
    rows[2] |= {"tone": "?", "annotator": "cleo"}
    with Path("decided.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    decided = [vote for vote in imported("decided.csv") if vote.annotator == "cleo"]
    assert [(vote.kind, vote.label) for vote in decided] == [("adjudicated", "praise")] * 2
    exported("csv", "open.csv", *disputed)
    with Path("open.csv").open(newline="") as stream:
        assert [row["sentence_id"] for row in csv.DictReader(stream)] == [rows[2]["sentence_id"]]
    lines("votes.jsonl")
    assert exported("csv", "none.csv", *disputed) == 0
    assert "nothing to annotate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "origin"),
    [
        ({"sentence": THIRD, "task": "tone", "label": "neither", "annotator": "rules", "kind": "rule"}, "rules"),
        ({"id": THIRD, "labels": {"tone": "neither"}, "provenance": {"tone": "model:m"}}, "model:m"),
        ({"sentence": THIRD, "task": "tone", "model": "m", "probabilities": [0.1, 0.2, 0.7]}, "m"),
        ({"id": THIRD, "tone": "neither"}, "pre"),
    ],
)
def test_pre_labels_come_from_every_file_that_holds_labels(library: Path, row: dict[str, Any], origin: str) -> None:
    assert exported("label-studio", "tasks.json", "--prelabels", lines("pre.jsonl", row)) == 0
    [found] = [task for task in json.loads(Path("tasks.json").read_text()) if "predictions" in task]
    assert found["data"]["tone_prelabel_by"] == origin
    assert found["predictions"][0]["result"][0]["value"] == {"choices": ["neither"]}


def test_bad_wishes_are_refused(library: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end in \.json"):
        exported("label-studio", "tasks.csv")
    with pytest.raises(DataError, match="'attic' is not in this corpus"):
        exported("csv", "a.csv", "--only", lines("only.jsonl", {"id": "attic"}))
    with pytest.raises(DataError, match=r"pre\.jsonl:1: unknown tone label 'anger'"):
        exported("csv", "a.csv", "--prelabels", lines("pre.jsonl", {"id": THIRD, "tone": "anger"}))
    rows = [{"sentence": THIRD, "task": "tone", "model": m, "probabilities": [1, 0, 0]} for m in "ab"]
    with pytest.raises(DataError, match="holds the models a, b"):
        exported("csv", "a.csv", "--prelabels", lines("pre.jsonl", *rows))
    with pytest.raises(DataError, match="corpus 'attic' is not ingested"):
        main(["export", "attic", "--codebook", BOOK, "--format", "csv", "--output", "a.csv"])
    assert not Path("a.csv").exists()
