from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.segmentation import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "marked",
    [
        "Mr. Okafor met Dr. Lund of the U.S. Department of State.|He left.",
        "It is so in the U.S.|The talks went on.",
        "See Art. 5 and No. 12 of Doc. A/67/PV.3, Sec. IV.|It is short.",
        "He said no.|I agree.",
        "James D. Ade and J. R. R. Moe signed.|So did I.|They left.",
        "They met at 5 p.m. Tuesday and at 10 a.m. GMT.|It ended at 6 p.m.|Police left.",
        "Growth was 4.5 per cent, i.e. less than in 2.3.1.|Then it fell to 0.|Nobody knew.",
        "It was adopted in 1992.|Forty states objected.",
        "It was adopted in 2014.|16 delegations spoke.",
        "Smith et al. 2012 disagree, e.g. on aid vs. trade.|Acme Inc. and Beta Co. Ltd. do not.",
        "On Sept. 3 the candidate left Washington, D.C.|She flew.",
        "H.E. Ms. Ade spoke for the U.N. Secretariat on Jan. 5.|Others listened.",
    ],
)
def test_abbreviations_initials_and_numbers_end_no_sentence(marked: str) -> None:
    assert split(marked.replace("|", " ")) == marked.split("|")


@pytest.mark.parametrize(
    "marked",
    [
        "\u201cThis is wrong,\u201d she said.|\u201cStop it.|Leave us alone.\u201d|He left.",
        "\u201cWhy?\u201d he asked.|\u201cEnough!\u201d Moe said.|\u201cIs it?\u201d|The talks ended.",
        'He said: "They told us \u2018never again.\u2019|We believed it."|It was a lie.',
        "He named the \u201cGroup of Friends.\u201d|It grew.",
        "\u00abC\u2019est faux.\u00bb|Il part.|\u00ab Non. \u00bb|Il reste.",
        "\u201cOne wrote, \u2018Help us.\u2019|Nobody came,\u201d she said.",
    ],
)
def test_quotations_of_several_sentences_are_split_and_keep_their_marks(marked: str) -> None:
    assert split(marked.replace("|", " ")) == marked.split("|")


@pytest.mark.parametrize(
    "marked",
    [
        "He wrote of \u201ccommon security\u2026 The United Nations is its core.\u201d|It is.",
        "He paused...|Then he left.",
        "It went on ... and on.|Nobody . . . knew.",
        "These are duties of citizens. (Articles 51-54).|They bind all.",
        "It failed.|(It had been expected to pass.)|Nobody wept.",
        "Really?!|Yes!!!|It is, isn't it?|Fine.",
    ],
)
def test_ellipses_brackets_and_repeated_stops(marked: str) -> None:
    assert split(marked.replace("|", " ")) == marked.split("|")


@pytest.mark.parametrize(
    "marked",
    [
        "We ask for:|1) peace;|2) bread; and|3) land.|That is all.",
        "Two questions:|(a) Did it last?|If so, why?|(b) Who paid?|Nobody knows.",
        "Three factors shaped it:|1. Ideas|2. Interests|3. Institutions.|All matter.",
        "It names:|(i) the state;|(ii) the group;|(iii) the person.|No more.",
        "We want|\u2022 respect|\u2022 dialogue",
    ],
)
def test_items_of_a_list_are_units(marked: str) -> None:
    assert split(marked.replace("|", " ")) == marked.split("|")


@pytest.mark.parametrize(
    "text", ["He is right: 1) is a number.", "It rose by 1) and fell.", "Take (a) and (b) together."]
)
def test_a_number_in_brackets_alone_makes_no_list(text: str) -> None:
    assert split(text) == [text]


def test_sentences_without_space_between() -> None:
    assert split("\u4e2d\u56fd\u53cd\u5bf9\u3002\u201c\u4e0d\uff01\u201d\u4ed6\u8bf4\u3002") == [
        "\u4e2d\u56fd\u53cd\u5bf9\u3002",
        "\u201c\u4e0d\uff01\u201d",
        "\u4ed6\u8bf4\u3002",
    ]
    assert split("This is the plan.We spoke of it at example.org today.") == [
        "This is the plan.",
        "We spoke of it at example.org today.",
    ]


def test_nothing_to_split() -> None:
    assert split("") == []
    assert split(" \n\t ") == []
    assert split("no full stop") == ["no full stop"]


@pytest.mark.parametrize(
    ("unit", "sentences"),
    [('"', 1), (".", 1), (". ", 1), ("\n", 0), ("\u4eba", 1), ("(", 1), ("\u201c\u201d", 1), ("a", 1), ("1.", 1)],
)
def test_a_long_row_of_one_sign_is_no_trap(unit: str, sentences: int) -> None:
    assert len(split(unit * 200_000)) == sentences


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(list("aB1 .!?\u2026\u201c\u201d\"'()[]:;\u2022\n\x00\u3002")), max_size=60))
def test_spans_cover_all_that_is_not_white_and_never_overlap(text: str) -> None:
    spans = sentence_spans(text)
    covered = "".join(text[start:end] for start, end in spans)
    blank = str.maketrans("", "", " \n\x00")
    assert covered.translate(blank) == text.translate(blank)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start:end].strip(" \n\x00") == text[start:end] for start, end in spans)
