"""What people answered, in real exports of their tools and in tables, becomes votes; what is bad is put aside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from library_names import BOOK, CORPUS

from pipeline.annotating.command import main
from pipeline.artifacts import read_records
from pipeline.codebook import Codebook
from pipeline.errors import DataError
from pipeline.labeling.resolution import resolve
from pipeline.labeling.votes import read_votes
from pipeline.records import Vote

VOTES = Path("votes.jsonl")
REJECTED = Path("votes.rejected.jsonl")
SENTENCE = {"sentence_id": "harbour-0001", "text": "The lift has been broken since spring, which we find unacceptable."}


def imported(*files: Path | str, annotator: str = "") -> int:
    who = ["--annotator", annotator] if annotator else []
    return main(["import", *map(str, files), "--corpus", CORPUS, "--codebook", BOOK, "--output", str(VOTES), *who])


def votes() -> list[Vote]:
    return read_records(VOTES, Vote)


def reasons() -> list[str]:
    return [row["reason"] for row in map(json.loads, REJECTED.read_text().splitlines())]


def table(*rows: dict[str, Any], name: str = "anna.csv") -> Path:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [",".join(columns), *(",".join(f'"{row.get(key, "")}"' for key in columns) for row in rows)]
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path(name)


def studio_task(data: dict[str, Any], *annotations: dict[str, Any]) -> Path:
    Path("export.json").write_text(json.dumps([{"id": 7, "data": data, "annotations": list(annotations)}]))
    return Path("export.json")


def annotation(number: int, *choices: str, **more: Any) -> dict[str, Any]:
    value = {"choices": list(choices)}
    result = [{"id": "x", "from_name": "tone", "to_name": "_text", "type": "choices", "value": value}]
    return {"id": number, "completed_by": 1, "result": result, "updated_at": f"2025-01-0{number}T00:00:00Z"} | more


def test_an_export_of_label_studio(library: Path, exports: Path, codebook: Codebook) -> None:
    assert imported(exports / "label_studio.json") == 0
    found = {(vote.sentence, vote.annotator, vote.label, vote.prelabel) for vote in votes()}
    assert found == {
        ("harbour-0000", "user-1", "praise", "first-model"),  # pre-label confirmed
        ("harbour-0001", "user-1", "complaint", ""),  # pre-label changed
        ("harbour-0002", "user-1", "praise", ""),  # first answer
        ("harbour-0002", "user-1", "neither", "first-model"),  # second answer
        ("harbour-0003", "user-1", "praise", ""),
        ("harbour-0003", "user-2", "neither", ""),
        ("harbour-0004", "user-1", None, ""),  # skipped
        ("harbour-0006", "user-1", "complaint", ""),  # changed after it was submitted
    }  # 5 was submitted without a label, 7 never opened
    assert {vote.kind for vote in votes()} == {"human"}
    assert {vote.codebook for vote in votes()} == {codebook.identifier}
    assert not REJECTED.exists()


def test_the_label_stage_reads_what_was_imported_and_counts_the_latest(
    library: Path, exports: Path, codebook: Codebook
) -> None:
    imported(exports / "label_studio.json")
    known = {f"harbour-{number:04d}" for number in range(16)}
    resolved = resolve(read_votes(library, [str(VOTES)], known, codebook, {}))
    assert resolved["harbour-0002", "tone"].label == "neither"
    assert resolved["harbour-0003", "tone"].label is None
    assert resolved["harbour-0004", "tone"].label is None


@pytest.mark.parametrize("name", ["label_studio_min.json", "label_studio.csv"])
def test_the_short_exports_of_label_studio_have_the_same_labels(library: Path, exports: Path, name: str) -> None:
    assert imported(exports / "label_studio.json") == 0
    full = {vote for vote in votes() if vote.label is not None}
    VOTES.unlink()
    assert imported(exports / name) == 0
    assert set(votes()) == full


def test_an_export_of_doccano_is_one_file_an_annotator(
    library: Path, exports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(exports / "doccano" / "anna.jsonl", exports / "doccano" / "ben.jsonl") == 3
    found = [(vote.sentence[-1], vote.annotator, vote.label, vote.prelabel) for vote in votes()]
    assert found == [
        ("0", "anna", "praise", "first-model"),
        ("1", "anna", "complaint", ""),
        ("2", "anna", "neither", "first-model"),
        ("3", "anna", "praise", ""),
        ("3", "ben", "neither", ""),
    ]
    assert reasons() == ["tone has the labels 'complaint' and 'praise'; a task takes one label"]
    assert "ben.jsonl:5: tone has the labels" in capsys.readouterr().err


def test_importing_twice_changes_nothing(library: Path, exports: Path) -> None:
    imported(exports / "label_studio.json")
    before = VOTES.read_bytes()
    assert imported(exports / "label_studio.json") == 0
    assert VOTES.read_bytes() == before


def test_tables_partial_and_skipped(library: Path) -> None:
    rows = [
        {"sentence_id": "harbour-0000", "tone": "praise", "annotator": "anna"},
        {"sentence_id": "harbour-0001", "tone": "", "annotator": "anna"},
        {"sentence_id": "harbour-0002", "tone": "?", "annotator": "anna"},
    ]
    assert imported(table(*rows)) == 0
    assert [(vote.sentence, vote.label) for vote in votes()] == [("harbour-0000", "praise"), ("harbour-0002", None)]


def test_a_table_as_a_spreadsheet_saves_it(library: Path) -> None:
    text = "\ufeffsentence_id;tone;annotator\r\nharbour-0000;praise;anna\r\n"
    Path("sheet.csv").write_text(text, encoding="utf-8", newline="")
    assert imported("sheet.csv") == 0
    assert votes()[0].label == "praise"


def test_bad_entries_cost_no_good_one(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {**SENTENCE, "tone": "complaint", "annotator": "anna"}
    bad = [
        {**SENTENCE, "tone": "anger", "annotator": "ben"},
        {"sentence_id": "attic-0001", "tone": "praise", "annotator": "ben"},
        {"sentence_id": "harbour-0002", "text": "It was another text.", "tone": "praise", "annotator": "ben"},
        {"sentence_id": "harbour-0003", "tone": "praise"},
        {"sentence_id": "harbour-0004", "tone": "praise", "annotator": "gold"},
        {"sentence_id": "harbour-0005", "tone": "praise", "annotator": "ben", "time": "yesterday"},
        {"sentence_id": "harbour-0006", "tone": "praise", "annotator": "ben", "codebook": "library_tone/2"},
    ]
    assert imported(table(*bad, good)) == 3
    assert [vote.annotator for vote in votes()] == ["anna"]
    told = capsys.readouterr().err
    for line, reason in enumerate(
        [
            "unknown tone label 'anger'; codebook library_tone/1 has praise, complaint, neither",
            "sentence 'attic-0001' is not in this corpus",
            "the text of sentence 'harbour-0002' differs from the corpus",
            "nobody knows who answered",
            "annotator 'gold' is reserved",
            "time 'yesterday' is not in ISO 8601",
            "follows codebook library_tone/2, not library_tone/1",
        ],
        2,
    ):
        assert f"anna.csv:{line}: {reason}" in told
    assert len(reasons()) == len(bad)


def test_a_label_studio_task_with_an_unknown_label_names_the_task(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = studio_task(SENTENCE, annotation(1, "anger"), annotation(2, "praise", "neither"), annotation(3, "complaint"))
    assert imported(path) == 3
    assert [vote.label for vote in votes()] == ["complaint"]
    told = capsys.readouterr().err
    assert "export.json, task 7 annotation 1: unknown tone label 'anger'" in told
    assert "export.json, task 7 annotation 2: tone has ['praise', 'neither']; a task takes one label" in told


def test_a_skipped_task_abstains_whatever_was_chosen_before(library: Path) -> None:
    imported(studio_task(SENTENCE, annotation(1, "complaint", was_cancelled=True)))
    assert [vote.label for vote in votes()] == [None]


def test_an_annotator_is_known_by_address_where_the_export_has_it(library: Path) -> None:
    who = {"id": 4, "email": "anna@example.org", "first_name": "Anna", "last_name": ""}
    imported(studio_task(SENTENCE, annotation(1, "complaint", completed_by=who)))
    assert votes()[0].annotator == "anna@example.org"


def test_an_answer_that_contradicts_another_without_a_time_is_put_aside(library: Path) -> None:
    imported(table({**SENTENCE, "tone": "complaint"}), annotator="anna")
    assert imported(table({**SENTENCE, "tone": "neither"}), annotator="anna") == 3
    assert [vote.label for vote in votes()] == ["complaint"]
    assert "another tone label, 'complaint', without a time" in reasons()[0]
    assert imported(table({**SENTENCE, "tone": "neither", "time": "2025-02-01"}), annotator="anna") == 0
    assert [vote.label for vote in votes()] == ["complaint", "neither"]
    assert len(reasons()) == 1  # what was put aside stays


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", '{"tasks": []}', "a.json: is no export"),
        ("a.json", "[{", "a.json: broken JSON"),
        ("a.csv", "id,tone\n1,praise\n", "a.csv: has no column sentence_id"),
        ("a.csv", b"sentence_id,tone\n\xff,praise\n", "a.csv: byte 17 is not UTF-8"),
        ("a.zip", "", "unpack a .zip first"),
    ],
)
def test_a_file_that_is_no_export_is_refused_and_nothing_written(
    library: Path, name: str, content: str | bytes, message: str
) -> None:
    imported(table({**SENTENCE, "tone": "complaint"}), annotator="anna")
    before = VOTES.read_bytes()
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message):
        imported(name)
    assert VOTES.read_bytes() == before
    with pytest.raises(DataError, match=r"missing\.json: cannot be read"):
        imported("missing.json")


def test_broken_votes_are_never_overwritten(library: Path) -> None:
    VOTES.write_text('{"sentence": "harbour-0001"\n')
    with pytest.raises(DataError, match=r"votes\.jsonl:1"):
        imported(table({**SENTENCE, "tone": "complaint"}), annotator="anna")
    assert VOTES.read_text() == '{"sentence": "harbour-0001"\n'
