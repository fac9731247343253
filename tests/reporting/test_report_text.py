"""Text of documents is data: whatever it holds, it is shown letter by letter and never acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.token import Token
from report_page import Page, folded, markdown

from pipeline.codebook import Codebook, Task
from pipeline.records import Document, LabeledSentence, Prediction
from pipeline.reporting import ReportInput
from pipeline.reporting.cards import data_card, model_card
from pipeline.reporting.escaping import code_block, code_span, escape_markdown, printable, slug
from pipeline.reporting.rendering import render_html, render_markdown
from pipeline.reporting.sections.combinations import combination_section
from pipeline.reporting.sections.distributions import distribution_section
from pipeline.reporting.sections.errors import error_section

HOSTILE = (
    "<script>alert(1)</script> | a | `b` *c* _d_ [e](javascript:f) ![g](h.png) <img src=x onerror=i> &amp; </td> "
    "{{ 7 * 7 }} {% raw %} $j$ ~~k~~ https://example.org www.example.org @l #1 :smile: \\| ``` --> ]]>"
)


@pytest.fixture(scope="module")
def hostile(make_report_input: Callable[..., ReportInput]) -> ReportInput:
    """Every text that comes from a document, an annotation or a codebook is hostile."""
    labels = {HOSTILE[:40]: HOSTILE, "plain": "nothing"}
    codebook = Codebook(
        "evil", "1", HOSTILE, HOSTILE, {"topic": Task(HOSTILE, labels), "tone": Task("?", dict(labels))}
    )
    document = Document(
        "d", "d.txt", "raw", title=HOSTILE, publisher=HOSTILE, kind=HOSTILE, date=HOSTILE, rights=HOSTILE
    )
    names = codebook.labels("topic")
    sentences = [
        LabeledSentence(
            f"d-{n}", f"{HOSTILE} {n}", {"topic": names[n % 2], "tone": names[0]}, "d", start=0, end=9, section=HOSTILE
        )
        for n in range(4)
    ]
    data = make_report_input(
        codebook=codebook, labeled=sentences, documents=[document], models=["tfidf", "transformer"]
    )
    wrong = [
        Prediction(sentence.id, "topic", "transformer", 0, 0, (0.1, 0.9) if n % 2 == 0 else (0.9, 0.1))
        for n, sentence in enumerate(sentences)
    ]
    return replace(data, predictions=wrong)


def test_html_shows_hostile_text_and_does_nothing(hostile: ReportInput) -> None:
    sections = (error_section(hostile), distribution_section(hostile), combination_section(hostile))
    page = Page(render_html(HOSTILE, HOSTILE, sections))
    assert page.named("script") == page.named("img") == []
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert folded(page.text("h1")) == folded(HOSTILE)
    assert page.text("blockquote").count(HOSTILE) == hostile.settings.worst_errors
    assert HOSTILE in page.text("bdi")
    assert any(row[0] == HOSTILE for table in page.tables for row in table)


def test_markdown_shows_hostile_text_and_does_nothing(hostile: ReportInput) -> None:
    sections = (error_section(hostile), distribution_section(hostile), combination_section(hostile))
    tokens = markdown().parse(render_markdown(HOSTILE, HOSTILE, sections))
    assert active(tokens) <= {"image", "em_open"}  # figures and their captions are ours
    images = [child for token in tokens for child in token.children or () if child.type == "image"]
    assert all(str(image.attrs["src"]).startswith("figures/") for image in images)
    shown = [visible(token) for token in tokens if token.type == "inline"]
    assert shown[0] == folded(HOSTILE)
    listed = {f"{folded(HOSTILE)} {n}" for n in range(4)} & set(shown)
    assert len(listed) == hostile.settings.worst_errors
    rows = [line for line in render_markdown("t", "s", sections).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows if "labelled" in line.lower()} == {7}


@pytest.mark.parametrize("card", [model_card, data_card])
def test_cards_show_hostile_text_and_do_nothing(hostile: ReportInput, card: Callable[[ReportInput], str]) -> None:
    body = card(hostile).split("\n---\n", 1)[1]
    tokens = markdown().parse(body)
    assert not active(tokens)
    assert any(folded(HOSTILE) in visible(token) for token in tokens if token.type == "inline")


def active(tokens: list[Token]) -> set[str]:
    """Kinds of tokens that document text must never turn into."""
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    return kinds & {"html_block", "html_inline", "link_open", "image", "s_open", "em_open"}


def visible(token: Token) -> str:
    return folded("".join(child.content for child in token.children or () if child.type in ("text", "code_inline")))


ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    alphabet="ab1 *_`|[]()<>#+-=.!\\&;:/@$~\n\t\"'", max_size=40
)


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT)
@example("1. one")
@example("2) two")
@example("- item")
@example("+ item")
@example("---")
@example("===")
@example("# head")
@example("> quote")
@example("    code")
@example("a  \nb")
@example("&lt;b&gt; &amp;amp;")
@example("https://a.b/c?d=e&f")
def test_any_text_survives_markdown_letter_by_letter(text: str) -> None:
    expected = folded(printable(text))
    escaped = escape_markdown(text)
    reader = markdown()
    for template in ("{}\n", "> {}\n", "a {} b\n", "- {}\n", "| a | b |\n|---|---|\n| x | {} |\n"):
        tokens = reader.parse(template.format(escaped))
        inline = [token for token in tokens if token.type == "inline"]
        assert {child.type for token in inline for child in token.children or ()} <= {"text"}
        if not expected:
            continue
        shown = visible(inline[-1])
        assert shown == (f"a {expected} b" if template.startswith("a ") else expected)


@settings(max_examples=80, deadline=None)
@given(ANY_TEXT)
@example("a`b")
@example("`")
@example("a|b")
def test_any_text_survives_as_code_in_a_table(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {code_span(text)} | end |\n"
    cells = [token for token in markdown().parse(table) if token.type == "inline"]
    assert visible(cells[-1]) == "end"
    assert visible(cells[-2]) == folded(printable(text))


def test_a_code_block_cannot_be_left() -> None:
    text = "a\n```\n# not a heading\n````\nb"
    tokens = markdown().parse(code_block(text, "sh"))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content == f"{text}\n"


def test_unprintable_characters_are_replaced() -> None:
    assert printable("a\x00b\x1b[0m\ud800\ufffe\n") == "a\ufffdb\ufffd[0m\ufffd\ufffd\n"


@pytest.mark.parametrize("text", ["labels-frame", "x_1"])
def test_safe_names_stay(text: str) -> None:
    assert slug(text) == text


def test_unsafe_names_become_distinct_safe_ones() -> None:
    names = {slug(text) for text in ("a b", "a/b", "a-b", "../a", "ä", "", "é" * 200)}
    assert len(names) == 7
    assert all(name.isascii() and "/" not in name and " " not in name and len(name) < 80 for name in names)
