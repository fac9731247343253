from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree
from report_page import Page, folded, markdown

from pipeline.reporting import ReportInput, write_report

SECTIONS = [
    "verdict",
    "labels",
    "confusions",
    "combinations",
    "documents",
    "agreement",
    "calibration",
    "minimal-pairs",
    "controls",
    "leakage",
    "learning-curve",
    "seeds",
    "errors",
    "suspects",
    "split",
    "provenance",
    "checklist",
    "reproduction",
]


@pytest.fixture(scope="module")
def data(make_report_input: Callable[..., ReportInput]) -> ReportInput:
    return make_report_input()


@pytest.fixture(scope="module")
def folder(data: ReportInput, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report")
    listed = write_report(data, path)
    assert sorted(listed) == sorted(found for found in path.rglob("*") if found.is_file())
    return path


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.md").read_text(encoding="utf-8")


def test_all_files_are_written(folder: Path) -> None:
    names = {found.relative_to(folder).as_posix() for found in folder.rglob("*") if found.is_file()}
    assert {"report.html", "report.md", "model_card.md", "data_card.md"} <= names
    vectors = {name for name in names if name.endswith(".svg")}
    assert {name.replace(".svg", ".png") for name in vectors} == {name for name in names if name.endswith(".png")}
    assert len(vectors) >= 20


def test_html_is_well_formed_with_unique_ids(page: Page, html: str) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    errors = etree.HTMLParser(recover=True)
    etree.fromstring(html.encode(), errors)
    # libxml2 knows no HTML 5 elements and no SVG; anything else it minds is ours.
    assert [error.message for error in errors.error_log if "invalid" not in error.message] == []


def test_sections_stand_in_order_with_the_verdict_first(page: Page) -> None:
    assert [attributes.get("id") for attributes in page.named("section")] == SECTIONS
    assert [a["href"] for a in page.named("a") if a["href"] != "#main"] == [f"#{name}" for name in SECTIONS]


def test_page_loads_nothing_from_anywhere(page: Page, html: str) -> None:
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form")
        assert "src" not in attributes
        for key in ("href", "xlink:href"):
            assert (attributes.get(key) or "#").startswith("#")
        assert not any(key.startswith("on") for key in attributes)
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}
    policies = [attributes["content"] for attributes in page.named("meta") if attributes.get("http-equiv")]
    assert policies[0] is not None
    assert policies[0].startswith("default-src 'none'")


def test_references_inside_figures_stay_inside_the_page(page: Page, html: str) -> None:
    ids = {attributes.get("id") for _, attributes in page.tags}
    targets = re.findall(r"url\(#([^)]+)\)", html)
    targets += [str(a.get("xlink:href"))[1:] for _, a in page.tags if a.get("xlink:href")]
    assert targets
    assert set(targets) <= ids


def test_accessible_names_and_landmarks(page: Page) -> None:
    assert len(page.named("main")) == len(page.named("h1")) == len(page.named("header")) == 1
    assert [attributes.get("aria-label") for attributes in page.named("nav")] == ["Contents"]
    figures = page.named("svg")
    assert len(figures) >= 20
    for attributes in figures:
        assert attributes.get("role") == "img"
        assert len(attributes.get("aria-label") or "") > 20
    assert all(len(caption.strip()) > 5 for caption in page.captions)
    assert len(page.captions) == len(page.named("table"))
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.named("th"))
    html = page.named("html")[0]
    assert html.get("lang") == "en"


def test_page_serves_phones_dark_rooms_and_paper(html: str) -> None:
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    assert "var(--ink" in html[html.index("<svg") :]


def test_html_and_markdown_hold_the_same_headline_numbers(page: Page, text: str, data: ReportInput) -> None:
    from_html = [[folded(cell) for cell in row] for row in page.tables[0]]
    lines = text[text.index("| Model |") :].split("\n\n")[0].splitlines()
    from_markdown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    del from_markdown[1]
    plain = [[re.sub(r"[(),]", "", cell) for cell in row] for row in from_markdown]
    assert plain == [[cell.replace(",", "") for cell in row] for row in from_html]
    assert [row[0] for row in from_html] == ["Model", "Transformer", "TF-IDF", "Stratified guess", "Majority"]
    score = data.metrics["tasks"]["stance"]["models"]["transformer"]["macro_f1"]
    low, high = score["ci"]
    assert from_html[1][1] == f"{score['mean']:.3f} {low:.3f} to {high:.3f} sd 0.012"


def test_every_table_of_the_page_is_in_the_markdown(page: Page, text: str) -> None:
    tokens = markdown().parse(text)
    assert sum(token.type == "table_open" for token in tokens) == len(page.tables)
    rows = sum(token.type == "tr_open" for token in tokens)
    assert rows == sum(len(table) for table in page.tables)


def test_markdown_shows_every_figure_with_alt_text(folder: Path, text: str) -> None:
    images = [child for token in markdown().parse(text) for child in token.children or () if child.type == "image"]
    linked = {str(image.attrs["src"]) for image in images}
    assert linked == {f"figures/{path.name}" for path in (folder / "figures").glob("*.svg")}
    assert all(len(image.content) > 20 for image in images)


def test_errors_are_listed_with_their_place(page: Page, text: str, data: ReportInput) -> None:
    shown = page.text("blockquote")
    assert "Sentence" in shown
    place = r"A report · page \d · section “Findings” · characters [\d,]+ to [\d,]+ · sentence news-\d{4}"
    assert re.search(place, page.text("bdi"))
    assert re.search(place, text)
    listed = len(page.text("blockquote").split("says something")) - 1
    assert listed == 3 * 2 * data.settings.worst_errors


def test_settings_versions_hashes_and_command_are_told(page: Page, text: str) -> None:
    for needle in ("ab" * 32, "0123456789abcdef0123456789abcdef01234567", "3.11.2", "A processor"):
        assert needle in " ".join(data for _, data in page.texts)
        assert needle in text
    assert "stance run experiment=smoke" in text
    assert "fold 3 of repetition 0 has no politicization" in text


def test_figures_are_sound_files_with_text_as_text(folder: Path) -> None:
    for path in (folder / "figures").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    for path in (folder / "figures").glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.findall(".//{http://www.w3.org/2000/svg}text"), path.name
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
    labels = (folder / "figures" / "labels-frame.svg").read_text(encoding="utf-8")
    assert ">double standards<" in labels


def test_equal_input_gives_equal_bytes(make_report_input: Callable[..., ReportInput], tmp_path: Path) -> None:
    once, again = tmp_path / "once", tmp_path / "again"
    for path in (once, again):
        path.mkdir()
        write_report(make_report_input(task_names=["stance"], models=["tfidf", "transformer"]), path)
    files = sorted(found for found in once.rglob("*") if found.is_file())
    assert len(files) > 10
    for path in files:
        assert (again / path.relative_to(once)).read_bytes() == path.read_bytes(), path.name


def test_nothing_is_written_beside_the_report(data: ReportInput, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_report(data, tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []
