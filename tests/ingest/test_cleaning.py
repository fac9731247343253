from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError, DataError
from pipeline.ingest import Corpus
from pipeline.ingest.corpus import split_document
from pipeline.ingest.readers.file import Reading
from pipeline.records import Document
from pipeline.settings.corpus import CleaningSettings, CorpusSettings, SkipSettings, SourceRules

Texts = Callable[..., list[str]]
Reasons = Callable[..., dict[str, list[str]]]

WRAPPED = (
    "The committee met for the first time in the spring of that year, and it\n"
    "took up the report of the commission without any further delay. It then\n"
    "heard the delegations, most of which had asked for the floor in good time.\n"
)


def test_page_numbers_are_dropped_and_sentences_run_around_them(sentences: Texts, reasons: Reasons) -> None:
    text = (
        WRAPPED + "The delegation of the host country said that it\n\n- 12 -\n\n"
        "would reply in writing before the end of the session.\n"
    )
    assert sentences(text)[-1] == (
        "The delegation of the host country said that it would reply in writing before the end of the session."
    )
    assert reasons(text)["page_number"] == ["- 12 -"]


def test_running_heads_need_several_pages(reasons: Reasons) -> None:
    bodies = (
        WRAPPED,
        "Rules of procedure were the next thing that the members of the group had\nto agree upon. They did.\n",
        "Nothing was said of the costs, although these had been known to everybody\nfor a year. It cost a lot.\n",
    )
    pages = [f"Journal of Trials 7 ({2000 + number})\n{body}" for number, body in enumerate(bodies)]
    assert reasons("\f".join(pages))["running_head"] == [f"Journal of Trials 7 ({year})" for year in (2000, 2001, 2002)]
    assert "running_head" not in reasons("\f".join(pages[:2]))


def test_footnotes_below_a_separator(sentences: Texts, reasons: Reasons) -> None:
    text = WRAPPED + "Nobody objected.7 The text was adopted.8\n\n__________\n7 See the report.\n8 Ibid.\n"
    assert sentences(text)[-2:] == ["Nobody objected.", "The text was adopted."]
    assert reasons(text)["footnote"] == ["__________ 7 See the report. 8 Ibid."]


@pytest.mark.parametrize(
    ("marked", "clean"),
    [
        ("Nobody objected.\u00b9 They left.\u00b2", ["Nobody objected.", "They left."]),
        ("Nobody objected [12]. They left [3, 4].", ["Nobody objected.", "They left."]),
        (
            "Nobody objected.3 \u201cFine,\u201d she said.\u201d4",
            ["Nobody objected.", "\u201cFine,\u201d she said.\u201d"],
        ),
        ("It rose to 3.5 Then No.7 was put to the vote.", ["It rose to 3.5 Then No.7 was put to the vote."]),
        (
            "Article2 of the G20 text on COVID19 covers 5 km\u00b2.",
            ["Article2 of the G20 text on COVID19 covers 5 km\u00b2."],
        ),
    ],
)
def test_footnote_marks_go_and_numbers_stay(sentences: Texts, marked: str, clean: list[str]) -> None:
    assert sentences(marked) == clean


def test_mark_behind_a_number_is_one_only_if_its_note_is_there(sentences: Texts) -> None:
    with_note = WRAPPED + "It was 1992.1 The vote was 58.2 Then they left.\n\n_____\n1 Roe.\n2 Doe.\n"
    assert sentences(with_note)[-3:] == ["It was 1992.", "The vote was 58.", "Then they left."]
    assert sentences(WRAPPED + "It was 1992.1 The vote was 58.2 Then they left.\n")[-1].endswith("58.2 Then they left.")


def test_table_and_figure_with_captions_and_source_notes(sentences: Texts, reasons: Reasons) -> None:
    text = (
        WRAPPED
        + "\nTable 3. Votes\nYear For Against\n2001 28 10 14\n2002 29 8 16\nSource: United Nations.\n\n"
        + WRAPPED.replace("first", "second")
        + "\nFigure 2: The way of a draft\nCommittee\nPlenary\nCouncil\n\n"
        + WRAPPED.replace("first", "third")
    )
    assert len(sentences(text)) == 6
    found = reasons(text)
    assert found["table"] == ["Table 3. Votes Year For Against 2001 28 10 14 2002 29 8 16 Source: United Nations."]
    assert found["figure"] == ["Figure 2: The way of a draft Committee Plenary Council"]


def test_mention_of_a_table_is_no_caption(sentences: Texts) -> None:
    text = WRAPPED + "Table 3 below shows the votes of the members that took part in the meeting.\n"
    assert sentences(text)[-1].startswith("Table 3 below shows")


def test_headings_numbered_and_plain_and_over_two_lines(ingest_text: Callable[..., Corpus]) -> None:
    text = (
        "ON THE COMMITTEE\n\n"
        + WRAPPED
        + "\n2.1 The Long Debate about the Rules of Procedure and the\nOrder of Business\n\n"
        + WRAPPED.replace("first", "second")
        + "\nWhat came of it\n\n"
        + WRAPPED.replace("first", "third")
    )
    assert [sentence.section for sentence in ingest_text(text).sentences] == [
        *["ON THE COMMITTEE"] * 2,
        *["2.1 The Long Debate about the Rules of Procedure and the Order of Business"] * 2,
        *["What came of it"] * 2,
    ]


def test_year_at_the_beginning_of_a_line_is_no_heading_number(sentences: Texts) -> None:
    text = (
        WRAPPED + "The two countries signed their treaty in the capital on the second of July,\n"
        "1961. According to it, both of them were to give all the help they could.\n"
    )
    assert sentences(text)[-2].endswith("July, 1961.")
    assert sentences(text)[-1].startswith("According to it")


def test_navigation_credits_and_repeated_headlines(sentences: Texts, reasons: Reasons) -> None:
    text = (
        "Skip to content\nEnvoy rejects report\n2024-12-10 16:52\nEnvoy rejects report\n\n"
        "The envoy rejected the report on Tuesday.\n\nRead more: Other news\n(With input from agencies)\n"
        "They went on, ...(3412)\nCopyright \u00a9 2024\nhttps://example.org/x\n"
    )
    assert sentences(text) == ["The envoy rejected the report on Tuesday."]
    found = reasons(text)
    assert found["repeated_headline"] == ["Envoy rejects report", "Envoy rejects report"]
    assert found["navigation"][0] == "Skip to content"
    assert found["navigation"][1] == "2024-12-10 16:52"


def test_sentence_that_begins_like_a_link_stays(sentences: Texts) -> None:
    text = "Subscribe to the Charter or leave: that was what the envoy told them in the end.\n\nThey left.\n"
    assert len(sentences(text)) == 2


def test_abstract_in_another_script_and_keywords_and_references(sentences: Texts, reasons: Reasons) -> None:
    text = (
        WRAPPED + "\nKey words: rights; the United Nations; voting\n\n"
        "\uad6d\ubb38 \ucd08\ub85d\n"
        "\uc778\uad8c \ubb38\uc81c\uac00 \uacf5\ub860\ud654\ub418\uae30 \uc2dc\uc791\ud588\ub2e4.\n\n"
        "Bibliography\n\nRoe, J. 2010. Bodies. Oxford.\n"
    )
    assert len(sentences(text)) == 2
    found = reasons(text)
    assert found["keywords"] == ["Key words: rights; the United Nations; voting"]
    assert len(found["foreign_language"]) == 1
    assert found["references"] == ["Bibliography Roe, J. 2010. Bodies. Oxford."]


def test_document_in_another_script_is_kept(sentences: Texts) -> None:
    text = "\u4e2d\u56fd\u4e00\u8d2f\u53cd\u5bf9\u653f\u6cbb\u5316\u3002\u4ed6\u8fd9\u6837\u8bf4\u3002\n"
    assert sentences(text) == [
        "\u4e2d\u56fd\u4e00\u8d2f\u53cd\u5bf9\u653f\u6cbb\u5316\u3002",
        "\u4ed6\u8fd9\u6837\u8bf4\u3002",
    ]


def test_words_broken_over_lines_are_joined_as_the_document_spells_them(sentences: Texts) -> None:
    text = (
        "Every government has an opinion on the long-term future of the Council, and each govern-\n"
        "ment speaks of it. They all call for country-specific work, for a long-\n"
        "term plan, for co-\nsponsorship, and for both first- and\nsecond-round talks with Song-\nthaek. An exag-\n"
        "gerated claim needs no reply, as Marxist-Leninist- Maoist groups know.\n"
    )
    assert sentences(text) == [
        "Every government has an opinion on the long-term future of the Council, and each government speaks of it.",
        "They all call for country-specific work, for a long-term plan, for co-sponsorship, and for both first- and"
        " second-round talks with Song-thaek.",
        "An exaggerated claim needs no reply, as Marxist-Leninist-Maoist groups know.",
    ]


def test_article_begins_and_ends_where_the_source_rules_say(
    ingest_text: Callable[..., Corpus], check_places: Callable[[Corpus], None]
) -> None:
    text = "Menu. GENEVA: The envoy spoke. Nobody listened.\nHe left. More news follow. They are long.\n"
    rules = SourceRules(
        begins_after="GENEVA:", ends_before="More news", skip=[SkipSettings("Nobody", "He left", "aside")]
    )
    corpus = ingest_text(text, per_source={"text": rules})
    assert [sentence.text for sentence in corpus.sentences] == ["The envoy spoke.", "He left."]
    assert [(skipped.reason, skipped.text) for skipped in corpus.skipped] == [
        ("outside_article", "Menu. GENEVA:"),
        ("aside", "Nobody listened."),
        ("outside_article", "More news follow. They are long."),
    ]
    check_places(corpus)


def test_source_rule_that_matches_nothing_is_an_error(ingest_text: Callable[..., Corpus]) -> None:
    with pytest.raises(ConfigError, match=r"per_source\.text\.begins_after='Nowhere' matches nothing in text\.txt"):
        ingest_text("The envoy spoke.", per_source={"text": SourceRules(begins_after="Nowhere")})
    with pytest.raises(ConfigError, match=r"per_source\.other: no such document; there are text"):
        ingest_text("The envoy spoke.", per_source={"other": SourceRules()})


def test_rule_can_be_switched_off(sentences: Texts) -> None:
    text = "Envoy rejects report\n\nThe envoy rejected it.\n"
    assert sentences(text) == ["The envoy rejected it."]
    assert sentences(text, cleaning=CleaningSettings(rules=[])) == ["Envoy rejects report", "The envoy rejected it."]


def test_segmenter_for_lines_that_are_sentences(sentences: Texts) -> None:
    text = "He left. She stayed\nthen he came back\n"
    chosen = CleaningSettings(rules=[])
    assert sentences(text, segmenter="lines", cleaning=chosen) == ["He left. She stayed", "then he came back"]


def test_document_without_a_sentence_says_what_became_of_it(ingest_text: Callable[..., Corpus]) -> None:
    with pytest.raises(
        DataError, match=r"document text\.txt gives no sentence; all of it was skipped as no_words \(1\)"
    ):
        ingest_text('... --- ...\n"""\n')


def test_text_without_any_full_stop_is_text_and_no_heading(sentences: Texts) -> None:
    assert sentences("We reject this resolution") == ["We reject this resolution"]


PIECES = (
    *(
        "The envoy spoke.",
        "he left",
        "Mr. Roe",
        "\u201cNo.\u201d",
        "U.S.",
        "a: 1) b; 2) c",
        "...",
        "(x)",
        "\u4eba\u6743\u3002",
    ),
    *(
        "12",
        "1 Roe 2010.",
        "word-",
        "\u00ad",
        "_____",
        "[3]",
        "\u00b2",
        "\u2022 item",
        "Copyright",
        "\ud55c\uad6d\uc5b4",
    ),
    *("Table 1. Votes", "2001 28 10 14 Against", "Source: UN.", "Figure 2:", "1. Title Case", "References"),
    *(" ", "\n", "\n\n", "\f", "\r\n", "\t", "\u00a0", " " * 40),
)


@hypothesis_settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=60))
def test_whatever_the_text_nothing_is_lost_or_told_twice(
    check_places: Callable[[Corpus], None], pieces: list[str]
) -> None:
    text = "We speak. " + "".join(pieces)
    pages = (0, *(place + 1 for place, letter in enumerate(text) if letter == "\f"))
    document = Document("text", "text.txt", text, pages=pages if len(pages) > 1 else ())
    try:
        sentences, skipped = split_document(Reading(document), CorpusSettings(files=["text.txt"]), SourceRules())
    except DataError:
        return  # All of it was dropped, which the error says.
    check_places(Corpus((document,), tuple(sentences), tuple(skipped)))
