"""For everybody: rules that axe checks, a phone, dark, no motion; and what the tests need."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core_python.selenium import Axe
from browser_page import find_programs

WORD = "interference" * 12


def violations(page: Any) -> list[str]:
    """Broken rules of axe-core, WCAG 2 A and AA and good practice, each with its first place."""
    result = Axe().run(page.driver)
    assert len(result["passes"]) > 20
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in result["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rules_of_accessibility_hold(page: Any, scheme: str) -> None:
    page.emulate(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    assert violations(page) == []

    page.click(page.classify()[3])
    page.words()
    page.one("#about summary").click()
    page.filter("stance", "?abstained")

    assert violations(page) == []


def test_dark_is_dark(page: Any) -> None:
    light = page.style(page.one("body"), "backgroundColor")
    page.emulate(prefers_color_scheme="dark")
    dark = page.style(page.one("body"), "backgroundColor")

    assert brightness(light) > 240
    assert brightness(dark) < 40


def brightness(colour: str) -> float:
    """Mean of red, green and blue, 0 to 255."""
    return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) / 3


def test_a_phone_needs_no_sideways_scrolling(page: Any) -> None:
    page.resize(360)
    shown = page.classify(f"We oppose {WORD}. {'We support the victims. ' * 9}")
    page.one("#counts summary").click()
    page.one("#about summary").click()
    assert overflow(page) == 0

    page.click(shown[0])
    page.words()
    assert overflow(page) == 0
    sheet = page.one("#details").rect
    assert sheet["width"] == 360
    assert sheet["height"] <= 0.62 * 740 + 1
    page.one("#close").click()
    assert not page.one("#details").is_displayed()


@pytest.mark.parametrize("width", [768, 1920])
def test_other_widths_hold_everything_too(page: Any, width: int) -> None:
    page.resize(width, 900)
    page.classify()

    assert overflow(page) == 0


def overflow(page: Any) -> int:
    """Pixels by which the page is wider than what shows it."""
    return int(page.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_nothing_moves_for_those_who_want_it_still(page: Any) -> None:
    page.emulate(prefers_reduced_motion="no-preference")
    assert page.style(page.one("html"), "scrollBehavior") == "smooth"
    page.emulate(prefers_reduced_motion="reduce")
    assert page.style(page.one("html"), "scrollBehavior") == "auto"


def test_a_missing_browser_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium chromium-driver"):
        find_programs()
