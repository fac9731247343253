"""Files in, files out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from pipeline.inference.formats import Columns

SENTENCE = 'We oppose the "interference", they said. We support the victims.'


def drop(page: Any, name: str, content: str) -> None:
    """Drop a file onto the form, as a reader would with the mouse."""
    page.script(
        """const moved = new DataTransfer();
        moved.items.add(new File([arguments[1]], arguments[0]));
        const form = document.getElementById("intake");
        for (const type of ["dragover", "drop"])
          form.dispatchEvent(new DragEvent(type, { dataTransfer: moved, bubbles: true, cancelable: true }));""",
        name,
        content,
    )


def test_downloads_are_the_records_of_the_command_line(page: Any, served: Any, classifier: Any, tmp_path: Path) -> None:
    page.classify(SENTENCE)
    expected = served.post({"document": SENTENCE}).json()["predictions"]

    assert json.loads(page.downloaded("#save-json", tmp_path)) == expected
    (tmp_path / "predictions.json").unlink()
    rows = list(csv.reader(io.StringIO(page.downloaded("#save-csv", tmp_path))))
    columns = Columns(classifier.labels)
    text = columns.csv_header() + "".join(columns.csv_line(record) for record in expected)
    assert [[number(value) for value in row] for row in rows] == [
        [number(value) for value in row] for row in csv.reader(io.StringIO(text))
    ]


def number(value: str) -> float | str:
    """Two languages write the same number differently."""
    try:
        return float(value)
    except ValueError:
        return value


def test_downloads_hold_what_the_filters_show(page: Any, tmp_path: Path) -> None:
    page.classify(SENTENCE)
    page.filter("stance", "favor")

    found = json.loads(page.downloaded("#save-json", tmp_path))
    assert [record["text"] for record in found] == ["We support the victims."]


def test_a_text_file_comes_into_the_box(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "speech.txt"
    path.write_text("We oppose it. Monday.", encoding="utf-8")
    page.script("document.getElementById('file').hidden = false")
    page.one("#file").send_keys(str(path))

    assert len(page.wait(page.sentences)) == 2
    assert page.one("#text").get_property("value") == "We oppose it. Monday."


def test_a_dropped_web_page_is_read_by_the_server(page: Any) -> None:
    body = "<p>We oppose the interference of others, and we said so.</p><p>We support the victims of the war.</p>"
    drop(page, "<b>news</b>.html", f"<html><body><article><h1>News</h1>{body * 2}</article></body></html>")

    page.wait(page.sentences)
    assert page.text("#kept span") == "<b>news</b>.html"
    assert not page.one("#text").is_displayed()
    page.one("#drop").click()
    assert page.one("#text").is_displayed()


def test_a_file_of_another_kind_is_refused_in_words(page: Any) -> None:
    drop(page, "speech.docx", "PK")

    assert "speech.docx" in page.text(".problem")
    assert ".txt, .text, .html, .htm, .pdf" in page.text(".problem")
