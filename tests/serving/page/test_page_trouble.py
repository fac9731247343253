"""What goes wrong is told in words, and no text does harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.serving.limits import Limits

HOSTILE = (
    'We oppose <img src=x onerror="window.harmed=1"> this. We support <script>window.harmed=1</script> it. '
    "Monday </span></div><svg onload=window.harmed=1> & &lt;b&gt; again."
)


def told(page: Any) -> str:
    """The problem, once there is one."""
    page.wait(lambda: page.all(".problem"))
    return str(page.text(".problem"))


def test_markup_in_a_text_is_text(page: Any) -> None:
    shown = page.classify(HOSTILE)
    page.click(shown[0])
    page.words()

    assert '<img src=x onerror="window.harmed=1">' in page.text("#reading")
    assert "&lt;b&gt;" in page.text("#reading")
    assert page.script("return window.harmed === undefined")
    assert page.all("#results img, #results script, #results [onload]") == []


def test_nothing_is_loaded_from_elsewhere(page: Any, served: Any) -> None:
    page.classify()
    loaded = page.script("return performance.getEntriesByType('resource').map((entry) => entry.name)")

    assert len(loaded) > 5
    assert all(name.startswith(served.url) for name in loaded)


def test_an_empty_text_is_asked_for(page: Any) -> None:
    page.classify("  \n ")

    assert "There is no text yet" in told(page)
    assert page.driver.switch_to.active_element.get_attribute("id") == "text"


@pytest.mark.parametrize(
    ("limits", "title", "said"),
    [
        (Limits(body_bytes=60), "too large", "of at most 60"),
        (Limits(texts=2), "cannot use this text", "4 sentences"),
    ],
)
def test_beyond_a_limit(
    open_page: Callable[[str], Any], serve: Any, classifier: Any, limits: Limits, title: str, said: str
) -> None:
    page = open_page(serve(classifier, limits).url)
    page.wait(lambda: page.text("#model-line"))
    page.classify()

    assert title in told(page)
    assert said in told(page)


def test_an_answer_that_comes_too_late(
    open_page: Callable[[str], Any], serve: Any, held_classifier: Any, held: Any
) -> None:
    page = open_page(serve(held_classifier, Limits(timeout=3)).url)
    page.classify()
    assert "busy" in told(page)
    assert "Wait a little" in told(page)

    held.release()
    assert len(page.classify()) == 4
    assert page.all(".problem") == []


def test_a_full_queue(open_page: Callable[[str], Any], serve: Any, held_classifier: Any, held: Any) -> None:
    served = serve(held_classifier, Limits(queue=1))
    page = open_page(served.url)
    running = served.posted({"text": "We oppose it."})
    held.wait()
    waiting = served.posted({"text": "We support it."})
    page.wait(lambda: served.metric("stance_queue_texts") >= 1)
    page.classify()

    assert "too much to do" in told(page)
    held.release()
    assert running.result(30).status_code == waiting.result(30).status_code == 200


def test_a_lost_server_keeps_the_text(open_page: Callable[[str], Any], serve: Any, classifier: Any) -> None:
    served = serve(classifier)
    page = open_page(served.url)
    page.wait(lambda: page.text("#model-line"))
    served.stop()
    page.classify("We oppose it.")

    assert "cannot be reached" in told(page)
    assert page.one("#text").get_property("value") == "We oppose it."


def test_waiting_can_be_cancelled(open_page: Callable[[str], Any], serve: Any, held_classifier: Any, held: Any) -> None:
    page = open_page(serve(held_classifier).url)
    page.paste("We oppose it.")
    page.one("#classify").click()
    held.wait()
    assert page.text("#status") == "Classifying …"
    page.one("#cancel").click()

    assert page.text("#status") == ""
    assert page.one("#classify").is_enabled()
    assert page.all(".problem") == []


def test_a_server_with_a_key(open_page: Callable[[str], Any], serve: Any, classifier: Any) -> None:
    page = open_page(serve(classifier, api_key="secret").url)
    assert "asks for a key" in told(page)

    page.one("#key").send_keys("wrong\n")
    page.wait(lambda: page.driver.switch_to.active_element.get_attribute("id") == "key")
    page.one("#key").clear()
    page.one("#key").send_keys("secret\n")
    page.wait(lambda: not page.one("#access").is_displayed())

    assert len(page.classify()) == 4
