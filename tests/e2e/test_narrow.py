"""Nothing has to be scrolled sideways on a screen of 320 CSS pixels."""

import pytest

from tests.e2e.conftest import Arrive, OpenWindow
from tests.support.meeting import face, sit_down
from tests.support.pages import PAGES
from tests.support.server import Server
from tests.support.window import Window
from tests.support.wire_loop import WireLoop

NARROW = {"width": 320, "height": 568}
UNBROKEN = "w" * 400


def too_wide(window: Window) -> list[str]:
    """Name what reaches beyond the screen."""
    return list(
        window.page.evaluate(
            """() => {
              const root = document.scrollingElement;
              if (root.scrollWidth <= innerWidth) return [];
              return [...document.querySelectorAll('body *')]
                .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
                .map((one) => `${one.tagName} ${one.className} ${root.scrollWidth}`);
            }"""
        )
    )


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(
    open_window: OpenWindow, site: Server, path: str
) -> None:
    window = open_window(viewport=NARROW)
    PAGES[path](window, site)
    window.goto(path)
    window.forgive("the server responded with a status of 40")

    assert too_wide(window) == []
    assert window.page.evaluate("innerWidth") == NARROW["width"]


@pytest.mark.parametrize("mode", ["text", "video"])
def test_no_stage_of_a_conversation_scrolls_sideways(
    open_window: OpenWindow, arrive: Arrive, wire: WireLoop, topic: str, mode: str
) -> None:
    window = open_window(viewport=NARROW)
    sit_down(window, topic, mode)
    window.at("waiting")
    assert too_wide(window) == []
    bo = arrive(fingerprint=bytes(range(32)))
    face(window, bo, mode=mode)
    wire.run(bo.say(UNBROKEN))
    window.hears(UNBROKEN)
    window.say(UNBROKEN)
    wire.run(bo.hear())
    assert too_wide(window) == []
    wire.run(bo.leave("next", farewell="good_chat"))
    window.at("ended")

    assert too_wide(window) == []
