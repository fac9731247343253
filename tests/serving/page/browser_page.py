"""The open page, as a reader sees and uses it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

PATIENCE = 60
TEXT = "A heading\n\nWe oppose interference. We support the victims.\n\nMonday. We perhaps the resolution.\n"
"""Two paragraphs: against, favor; neutral, and an abstention. The heading is left out by the cleaning."""


def find_programs() -> tuple[str, str]:
    """Chromium and its driver; the test fails where they are missing, since nothing else tries the page."""
    found = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(found):
        pytest.fail("the page is tested in Chromium; install it: apt-get install chromium chromium-driver")
    return str(found[0]), str(found[1])


class Page:
    """The open page, as a reader sees and uses it."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.resize(1280, 900)
        self.emulate(prefers_reduced_motion="reduce")
        driver.get(url)
        self.wait(lambda: driver.execute_script("return document.readyState") == "complete")

    def wait(self, condition: Callable[[], Any]) -> Any:
        """What `condition` returns once that is true."""
        return WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda _: condition())

    def all(self, selector: str) -> list[WebElement]:
        """Every element, shown or not."""
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str) -> WebElement:
        """The first element, waited for."""
        return self.wait(lambda: self.all(selector))[0]

    def text(self, selector: str) -> str:
        """What is shown of an element."""
        return self.one(selector).text

    def script(self, source: str, *arguments: Any) -> Any:
        """The value of a piece of JavaScript."""
        return self.driver.execute_script(source, *arguments)

    def style(self, element: WebElement, name: str) -> str:
        """The computed value of a CSS property."""
        return str(self.script("return getComputedStyle(arguments[0])[arguments[1]]", element, name))

    def paste(self, text: str) -> None:
        """Put `text` into the box at once."""
        self.script("document.getElementById('text').value = arguments[0]", text)

    def classify(self, text: str = TEXT) -> list[WebElement]:
        """Paste, classify; the sentences."""
        self.script("document.getElementById('results').hidden = true")
        self.paste(text)
        self.one("#classify").click()
        self.wait(lambda: self.one("#results").is_displayed() or self.all(".problem"))
        return self.sentences()

    def sentences(self) -> list[WebElement]:
        """The sentences that are shown."""
        found: list[WebElement] = self.script(
            "return [...document.querySelectorAll('[role=option]')].filter((option) => option.checkVisibility())"
        )
        return found

    def point_at(self, element: WebElement) -> None:
        """Move the mouse over an element."""
        self.script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        ActionChains(self.driver).move_to_element(element).perform()

    def click(self, element: WebElement) -> None:
        """Move the mouse there and click."""
        self.point_at(element)
        ActionChains(self.driver).click().perform()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def filter(self, task: str, value: str) -> None:
        """Choose in one of the filters."""
        Select(self.one(f"#filter-{task}")).select_by_value(value)

    def words(self) -> str:
        """The details once the words have come."""
        self.wait(lambda: self.all(".carried") and "asking the model" not in self.text("#details-body"))
        return self.text("#details-body")

    def emulate(self, **features: str) -> None:
        """Answer media queries, `prefers_color_scheme="dark"` for example, until the test ends."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def resize(self, width: int, height: int = 740) -> None:
        """Show the page at a size in CSS pixels."""
        size: Mapping[str, Any] = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", dict(size))

    def downloaded(self, button: str, folder: Path) -> str:
        """Press a download button; the content of the file that comes down because of it."""
        settings = {"behavior": "allow", "downloadPath": str(folder)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", settings)
        before = set(folder.iterdir())
        self.one(button).click()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            # The browser gives a file its name once it is whole; before, it ends in .crdownload or begins with a dot.
            done = [path for path in set(folder.iterdir()) - before if path.suffix in (".csv", ".json")]
            if done and done[0].stat().st_size:
                return done[0].read_bytes().decode("utf-8")
            time.sleep(0.05)
        raise AssertionError(f"nothing came down after {button}")
