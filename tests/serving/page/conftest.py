"""The page in Debian's Chromium, over a real server with the toy model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser_page import PATIENCE, Page, find_programs
from selenium import webdriver

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One browser for all tests."""
    binary, service = find_programs()
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
    started.set_script_timeout(PATIENCE)
    yield started
    started.quit()


@pytest.fixture
def open_page(driver: webdriver.Chrome) -> Iterator[Callable[[str], Page]]:
    """Opens the page of a server; fails where the browser blocked or could not run something."""
    driver.get_log("browser")
    yield lambda url: Page(driver, url)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    told = driver.get_log("browser")
    assert [entry for entry in told if entry["source"] != "network"] == []


@pytest.fixture
def page(open_page: Callable[[str], Page], served: Any) -> Page:
    """The page of the usual server."""
    return open_page(served.url)
