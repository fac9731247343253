"""A model that knows stances towards several targets asks for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from local_server import Served
from toy_model import write_model

from pipeline.inference.classifier import Classifier

TARGETS = ["victims", "interference"]


@pytest.fixture
def aimed(open_page: Callable[[str], Any], serve: Callable[..., Served], tmp_path: Path) -> Any:
    """The page of a model that reads the target's words too."""
    return open_page(serve(Classifier.load(write_model(tmp_path, targets=TARGETS), precision="fp32")).url)


def test_the_target_is_asked_for_and_changes_the_answer(aimed: Any, tmp_path: Path) -> None:
    aimed.wait(lambda: aimed.one("#towards").is_displayed())
    assert [option.get_attribute("value") for option in aimed.all("#targets option")] == TARGETS
    aimed.classify("We oppose the resolution.")
    assert "There is no target yet" in aimed.text("#problem")
    assert aimed.driver.switch_to.active_element == aimed.one("#target")

    frames = []
    for target in TARGETS:
        aimed.script("document.getElementById('target').value = arguments[0]", target)
        shown = aimed.classify("We oppose the resolution.")
        aimed.wait(lambda target=target: aimed.all("#problem p") == [])
        frames.append(shown[0].find_element("css selector", ".tag").text)
        aimed.click(shown[0])
        aimed.words()
    assert frames == ["▼ accountability", "▼ sovereignty"]
    saved = tmp_path / "saved"
    saved.mkdir()
    assert json.loads(aimed.downloaded("#save-json", saved))[0]["target"] == "interference"
    assert aimed.downloaded("#save-csv", saved).splitlines()[0].startswith("id,text,target,stance,")


def test_a_model_with_one_target_does_not_ask(page: Any) -> None:
    page.classify()
    assert not page.one("#towards").is_displayed()
