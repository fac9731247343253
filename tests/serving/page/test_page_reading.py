"""Paste, read, point, choose, filter."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys


def test_sentences_stand_in_reading_order_coloured_and_named(page: Any) -> None:
    shown = page.classify()

    assert [one.find_element("css selector", ".words").text for one in shown] == [
        "We oppose interference.",
        "We support the victims.",
        "Monday.",
        "We perhaps the resolution.",
    ]
    assert page.text("#results-title") == "4 sentences"
    assert [one.find_element("css selector", ".tag").text for one in shown[:3]] == [
        "▼ sovereignty",
        "▲ accountability",
        "● sovereignty",
    ]
    backgrounds = [page.style(one, "backgroundColor") for one in shown]
    assert len({*backgrounds[:3]}) == 3
    lines = [page.style(one.find_element("css selector", ".words"), "textDecorationStyle") for one in shown]
    assert (lines[0], lines[1], lines[3]) == ("solid", "double", "dashed")
    paragraphs = [len(one.find_elements("css selector", "[role=option]")) for one in page.all(".paragraph")]
    assert paragraphs == [0, 2, 2], "the heading that was left out, then two paragraphs"


def test_what_the_cleaning_left_out_is_told(page: Any) -> None:
    page.classify()

    assert page.text(".skipped") == "A heading"
    assert page.text("#skipped").startswith("1 passage left out")


def test_abstentions_are_marked_and_never_counted_as_a_label(page: Any) -> None:
    abstained = page.classify()[3]

    assert "unsure" in abstained.get_attribute("class")
    assert abstained.find_element("css selector", ".tag").text.startswith("?▲")
    assert "stance abstained, perhaps favor" in abstained.get_property("textContent")
    assert [lane.text.split() for lane in page.all(".lanes li")] == [
        ["▼", "against", "1"],
        ["▲", "favor", "1"],
        ["●", "neutral", "1"],
        ["?", "abstained", "1"],
    ]


def test_pointing_tells_probabilities_words_definition_and_tier(page: Any) -> None:
    page.point_at(page.classify()[0])
    details = page.words()

    assert "Sentence 1 of 4" in details
    assert "tier A" in details
    assert "against: speaks against it" in details
    stance = page.all("#details-body section")[0]
    rows = [row.text.split() for row in stance.find_elements("css selector", ".bars tr")]
    assert {row[0] for row in rows} == {"against", "favor", "neutral"}
    assert rows[0][0] == "against"
    assert float(rows[0][1]) > 0.9
    assert sum(float(row[1]) for row in rows) == pytest.approx(1, abs=0.02)
    assert "oppose" in stance.find_element("css selector", ".word").text
    assert [mark.text for mark in page.all("#details mark")] == ["oppose"]


def test_a_chosen_sentence_is_held_until_let_go(page: Any) -> None:
    first, second, *_ = page.classify()
    page.click(first)
    page.point_at(second)
    page.wait(lambda: page.words())

    assert "Sentence 1 of 4" in page.text("#details-body")
    assert "held" in first.get_attribute("class")

    page.press(Keys.ESCAPE)
    page.point_at(first)
    page.point_at(second)

    page.wait(lambda: "Sentence 2 of 4" in page.text("#details-body"))
    assert "held" not in first.get_attribute("class")


def test_details_of_an_abstention_say_so(page: Any) -> None:
    page.click(page.classify()[3])

    told = page.text("#details .abstained")
    assert "lies below the threshold of 0.60" in told
    assert "leave it out of counts" in told
    assert "favor?" in page.text("#details h3")


def test_everything_can_be_done_with_the_keyboard(page: Any) -> None:
    page.one("#text").click()
    page.press("We oppose it. We support it. Monday.")
    page.press(Keys.TAB, Keys.ENTER)
    page.wait(lambda: len(page.sentences()) == 3)
    page.wait(lambda: page.driver.switch_to.active_element.get_attribute("id") == "results-title")
    reached: list[str] = []
    for _ in range(12):
        page.press(Keys.TAB)
        focused = page.driver.switch_to.active_element
        reached.append(focused.get_attribute("id") or focused.get_attribute("role"))
        if reached[-1] == "option":
            break
    assert reached == ["save-csv", "save-json", "counts-title", "filter-frame", "filter-stance", "option"]

    page.press(Keys.ARROW_DOWN)
    page.wait(lambda: "Sentence 2 of 3" in page.text("#details-body"))
    page.press(Keys.END)
    page.wait(lambda: "Sentence 3 of 3" in page.text("#details-body"))
    page.press(Keys.HOME, Keys.ENTER)
    assert page.driver.switch_to.active_element.get_attribute("id") == "details-title"
    assert "Sentence 1 of 3" in page.text("#details-body")
    page.press(Keys.ESCAPE)
    assert page.driver.switch_to.active_element.get_attribute("data-index") == "0"
    assert page.style(page.driver.switch_to.active_element, "outlineStyle") == "solid"


def test_filters_show_what_they_name(page: Any) -> None:
    page.classify()
    page.filter("stance", "favor")

    assert [one.find_element("css selector", ".words").text for one in page.sentences()] == ["We support the victims."]
    assert page.text("#shown") == "1 of 4 sentences shown"

    page.filter("frame", "sovereignty")
    assert page.sentences() == []
    assert page.text("#shown") == "0 of 4 sentences shown"

    page.one("#clear-filters").click()
    page.filter("stance", "?abstained")
    assert [one.get_attribute("data-index") for one in page.sentences()] == ["3"]

    page.one("#clear-filters").click()
    assert len(page.sentences()) == 4
    assert page.text("#shown") == ""


def test_counts_cross_the_tasks(page: Any) -> None:
    page.classify()

    rows = [row.text.split() for row in page.all(".crossing tbody tr")]
    assert rows == [["sovereignty", "1", "0", "1", "1"], ["accountability", "0", "1", "0", "0"]]
    assert page.text(".crossing caption") == "Stance by frame"


def test_the_example_runs(page: Any) -> None:
    page.one("#example").click()

    assert len(page.wait(page.sentences)) == 15


def test_a_long_document_is_one_tab_stop(page: Any) -> None:
    paragraph = "We oppose interference number {}. We support the victims of case {}. Monday number {}. It is {}."
    page.classify("\n\n".join(paragraph.format(*[number] * 4) for number in range(500)))

    assert page.text("#results-title") == "2,000 sentences"
    assert page.script("return document.querySelectorAll('#reading [tabindex=\"0\"]').length") == 1
    page.filter("stance", "favor")
    assert page.text("#shown") == "500 of 2,000 sentences shown"
    page.one("#clear-filters").click()
    page.point_at(page.sentences()[4])
    page.script("document.querySelector('#reading [tabindex=\"0\"]').focus()")
    page.press(Keys.END)
    page.wait(lambda: "Sentence 2000 of 2000" in page.text("#details-body"))
    page.words()
    assert "Sentence 2000 of 2000" in page.text("#details-body"), "the resting pointer took over"


def test_the_model_is_named_with_tiers_and_limits(page: Any, classifier: Any) -> None:
    page.wait(lambda: classifier.model in page.text("#model-line"))
    page.one("#about summary").click()
    about = page.text("#about-body")

    assert "against · tier A" in about
    assert "speaks against it" in about
    assert "Below a probability of 0.60 it abstains" in about
    assert "It never abstains" in about
    assert "2,000 sentences" in about
