from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.errors import DataError, StanceError
from pipeline.ingest import Corpus, ingest, input_files, read_documents
from pipeline.settings.corpus import CorpusSettings


def write(folder: Path, **files: str | bytes) -> None:
    """Write files given as `name_suffix=content`."""
    for key, content in files.items():
        stem, _, suffix = key.rpartition("_")
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{stem}.{suffix}").write_bytes(data)


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with a text layer: one page a list of lines."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 60 780 Td {shown} ET".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    )


WEB_PAGE = "<html><body><p>Two.</p></body></html>"


def test_folder_glob_and_file_are_read_once_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path, b_txt="Two.", a_txt="One.", notes_csv="a,b")
    (tmp_path / ".secret.txt").write_text("No.")
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", c_txt="Three.")
    documents = read_documents([".", "*.txt", "b.txt"], tmp_path)
    assert [(document.id, document.path) for document in documents] == [
        ("a", "a.txt"),
        ("b", "b.txt"),
        ("c", "inner/c.txt"),
    ]


def test_number_before_an_underscore_is_the_id_where_it_is_unique(tmp_path: Path) -> None:
    write(
        tmp_path, **{"000_ab_txt": "One.", "2024_speech_txt": "Two.", "2024_reply_txt": "Three.", "un_report_txt": "4."}
    )
    assert [document.id for document in read_documents(["."], tmp_path)] == [
        "000",
        "2024_reply",
        "2024_speech",
        "un_report",
    ]


def test_sentence_ids_count_within_their_document(tmp_path: Path) -> None:
    write(tmp_path, a_txt="One. Two.", b_txt="Three.")
    corpus = ingest(CorpusSettings(files=["."]), tmp_path)
    assert [sentence.id for sentence in corpus.sentences] == ["a-0000", "a-0001", "b-0000"]


def test_sources_are_told_by_file_name(tmp_path: Path) -> None:
    write(
        tmp_path, a_txt="One.", b_txt="Two.", sources_yaml='a.txt: {title: "On it", date: 2024-05-01, rights: null}\n'
    )
    settings = CorpusSettings(files=["."], sources="sources.yaml")
    first, second = ingest(settings, tmp_path).documents
    assert (first.title, first.date, first.rights) == ("On it", "2024-05-01", None)
    assert second.title is None
    assert [path.name for path in input_files(settings, tmp_path)] == ["a.txt", "b.txt", "sources.yaml"]


def test_json_lines_are_documents(tmp_path: Path) -> None:
    records = [
        {"body": "We oppose it. We do.", "id": "t-1", "title": "Tweet", "date": "2024-01-02"},
        {"body": "We support it"},
    ]
    write(tmp_path, tweets_jsonl="\n".join(map(json.dumps, records)) + "\n\n")
    corpus = ingest(CorpusSettings(files=["tweets.jsonl"], text_field="body"), tmp_path)
    assert [(sentence.id, sentence.text) for sentence in corpus.sentences] == [
        ("t-1-0000", "We oppose it."),
        ("t-1-0001", "We do."),
        ("tweets-000002-0000", "We support it"),
    ]
    assert corpus.documents[0].title == "Tweet"
    assert corpus.documents[1].path == "tweets.jsonl:2"


def test_pdf_keeps_its_pages(tmp_path: Path, check_places: Callable[[Corpus], None]) -> None:
    pages = [
        [
            "Bulletin of Trials 1",
            "The committee met in spring, and it decided that the",
            "report would be taken up as",
            "1",
        ],
        ["Bulletin of Trials 2", "soon as all of the members had read it. They never", "did, and that was that.", "2"],
        ["Bulletin of Trials 3", "In the year thereafter nobody remembered the report.", "It was lost.", "3"],
    ]
    write(tmp_path, report_pdf=pdf(pages))
    corpus = ingest(CorpusSettings(files=["report.pdf"]), tmp_path)
    assert [(sentence.page, sentence.text) for sentence in corpus.sentences] == [
        (
            1,
            "The committee met in spring, and it decided that the report would be taken up as soon as all of the"
            " members had read it.",
        ),
        (2, "They never did, and that was that."),
        (3, "In the year thereafter nobody remembered the report."),
        (3, "It was lost."),
    ]
    assert len(corpus.documents[0].pages) == 3
    check_places(corpus)


def test_form_feeds_are_pages(tmp_path: Path) -> None:
    write(tmp_path, a_txt="One.\fTwo.")
    assert [sentence.page for sentence in ingest(CorpusSettings(files=["a.txt"]), tmp_path).sentences] == [1, 2]


def test_offsets_count_characters_of_the_decoded_text(tmp_path: Path) -> None:
    write(tmp_path, a_txt="\ufeff\u4eba\u6743\u3002 Caf\u00e9.\r\nEnd.".encode())
    corpus = ingest(CorpusSettings(files=["a.txt"]), tmp_path)
    text = corpus.documents[0].text
    assert text.startswith("\u4eba")
    assert [text[sentence.start : sentence.end] for sentence in corpus.sentences] == [
        "\u4eba\u6743\u3002",
        "Caf\u00e9.",
        "End.",
    ]


def test_mojibake_is_undone_unless_told_otherwise(tmp_path: Path) -> None:
    wrong = "China\u2019s view.".encode().decode("cp1252")
    write(tmp_path, a_txt=wrong)
    assert read_documents(["a.txt"], tmp_path)[0].text == "China\u2019s view."
    settings = CorpusSettings(files=["a.txt"], repair_mojibake=False)
    assert ingest(settings, tmp_path).documents[0].text == wrong


def test_encoding_setting_is_the_way_out(tmp_path: Path) -> None:
    write(tmp_path, a_txt="The d\u00e9l\u00e9gation left.".encode("cp1252"))
    with pytest.raises(
        DataError, match=r"a\.txt: byte 5 \(0xe9\) is not utf-8; it looks like \S+: set corpus\.encoding="
    ):
        ingest(CorpusSettings(files=["a.txt"]), tmp_path)
    corpus = ingest(CorpusSettings(files=["a.txt"], encoding="cp1252"), tmp_path)
    assert corpus.sentences[0].text == "The d\u00e9l\u00e9gation left."


@pytest.mark.parametrize(
    ("files", "patterns", "message"),
    [
        ({}, ["a.txt"], r"a\.txt: no such document in .*; correct corpus\.files"),
        ({}, ["*.txt"], r"\*\.txt: holds no document; the formats are \.txt"),
        ({"a_csv": "x"}, ["a.csv"], r"a\.csv: no reader for \.csv; the formats are"),
        ({"a_txt": ""}, ["a.txt"], r"a\.txt: the document is empty; fill it or leave it out"),
        ({"a_txt": " \n\t\n"}, ["a.txt"], r"a\.txt: the document is empty"),
        ({"a_txt": b"Hi\x00 there."}, ["a.txt"], r"a\.txt: byte 2 is NUL"),
        ({"a_txt": "One.", "a_html": WEB_PAGE}, ["."], r"document id 'a' is already that of a\.html; rename one"),
        ({"a_pdf": "no pdf"}, ["a.pdf"], r"a\.pdf: cannot be read as PDF"),
        ({"a_pdf": pdf([[], []])}, ["a.pdf"], r"a\.pdf: none of its 2 pages has a text layer"),
        ({"a_jsonl": '{"text": "x"}\n{"text":'}, ["a.jsonl"], r"a\.jsonl:2: no JSON \("),
        ({"a_jsonl": '["x"]'}, ["a.jsonl"], r"a\.jsonl:1: holds list, not an object"),
        ({"a_jsonl": '{"body": "x"}'}, ["a.jsonl"], r"a\.jsonl:1: has no text in 'text' but nothing"),
        ({"a_jsonl": '{"text": ""}'}, ["a.jsonl"], r"a\.jsonl:1: the document is empty"),
        ({"a_jsonl": "\n"}, ["a.jsonl"], r"a\.jsonl: the file holds no record"),
        ({"a_jsonl": '{"id": 1, "text": "x"}\n{"id": 1, "text": "y"}'}, ["a.jsonl"], r"a\.jsonl:2: .*'1' is already"),
    ],
)
def test_bad_input_ends_in_one_line_that_says_where_and_what_to_do(
    tmp_path: Path, files: dict[str, str | bytes], patterns: list[str], message: str
) -> None:
    write(tmp_path, **files)
    with pytest.raises(DataError, match=message) as error:
        ingest(CorpusSettings(files=patterns), tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"sources\.yaml: no such file; correct corpus\.sources"),
        ("a.txt: [", r"sources\.yaml: no valid YAML"),
        ("- a.txt", r"sources\.yaml: holds no mapping"),
        ("a.txt: x", r"sources\.yaml: 'a\.txt' holds 'x'"),
        ("a.txt: {titel: x}", r"sources\.yaml: 'a\.txt' has an unknown field 'titel'; known: title, publisher"),
    ],
)
def test_bad_sources_file(tmp_path: Path, content: str | None, message: str) -> None:
    write(tmp_path, a_txt="One.")
    if content is not None:
        write(tmp_path, sources_yaml=content)
    with pytest.raises(StanceError, match=message) as error:
        ingest(CorpusSettings(files=["a.txt"], sources="sources.yaml"), tmp_path)
    assert "\n" not in str(error.value)
