"""Everything can be reached, seen and used with a keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive, OpenWindow
from tests.support.meeting import face, sit_down, wish
from tests.support.pages import PAGES
from tests.support.server import Server
from tests.support.window import Window
from tests.support.wire_loop import WireLoop

WALK = Path(__file__).resolve().parents[1] / "support" / "keyboard.js"
LONGEST_WALK = 300


def open_still(open_window: OpenWindow) -> Window:
    window = open_window(reduced_motion="reduce", locale="en-US")
    window.context.add_init_script(path=WALK)
    return window


def walk(window: Window) -> tuple[list[str], list[str]]:
    """Tab through a page once; returns what was missed and what was not shown."""
    page = window.page
    count = page.evaluate("keyboard.begin()")
    assert 0 < count < LONGEST_WALK
    visited: list[int] = []
    unseen: list[str] = []
    for _ in range(2 * count + 8):
        page.keyboard.press("Tab")
        here = page.evaluate("keyboard.here()")
        if here["at"] in visited[-1:]:
            continue  # the parts of a date are one control
        if here["at"] in visited:
            break
        if here["at"] >= 0:
            visited.append(here["at"])
            unseen += [] if here["shown"] else [here["name"]]
    return page.evaluate("visited => keyboard.missing(visited)", visited), unseen


def tab_to(window: Window, selector: str) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(LONGEST_WALK):
        window.page.keyboard.press("Tab")
        if window.page.locator(selector).evaluate_all(
            "found => found.includes(document.activeElement)"
        ):
            return
    pytest.fail(f"{selector} cannot be reached with Tab")


@pytest.mark.parametrize("path", PAGES)
def test_every_control_of_a_page_is_reached_and_shows_it(
    open_window: OpenWindow, site: Server, path: str
) -> None:
    window = open_still(open_window)
    PAGES[path](window, site)
    window.goto(path)
    missed, unseen = walk(window)
    window.forgive("the server responded with a status of 40")

    assert (missed, unseen) == ([], [])


def test_every_control_of_a_conversation_is_reached(
    open_window: OpenWindow, arrive: Arrive, topic: str, wire: WireLoop
) -> None:
    window = open_still(open_window)
    sit_down(window, topic, "voice")
    window.at("waiting")
    assert walk(window) == ([], [])
    bo = arrive(fingerprint=bytes(range(32)))
    face(window, bo, mode="voice")
    assert walk(window) == ([], [])
    wire.run(bo.leave("next"))
    window.at("ended")

    assert walk(window) == ([], [])


def test_the_whole_way_with_a_keyboard_alone(
    open_window: OpenWindow, arrive: Arrive, wire: WireLoop, topic: str
) -> None:
    window = open_still(open_window)
    keys = window.page.keyboard
    window.goto("/")
    tab_to(window, '[data-mode="text"]')
    keys.press("Enter")
    window.page.wait_for_url(re.compile("/age/"))
    tab_to(window, '[name="birth_date"]')
    keys.type("05041990")
    tab_to(window, 'main form [type="submit"]')
    keys.press("Enter")
    window.page.wait_for_url(re.compile("/interests/"))
    tab_to(window, '[name="interests"]')
    keys.type(topic)
    tab_to(window, 'main form [type="submit"]')
    keys.press("Enter")
    window.at("idle")
    window.page.wait_for_load_state()
    tab_to(window, '[data-action="join"]')
    keys.press("Enter")
    window.at("waiting")
    bo = arrive()
    languages = window.preferences()["languages"]
    wire.run(bo.meet(**wish(topic) | {"languages": languages}))
    window.at("talking")
    tab_to(window, '[data-part="composer"]')
    keys.type("typed, sent, no mouse")
    keys.press("Enter")
    assert wire.run(bo.hear()).text == "typed, sent, no mouse"
    wire.run(bo.say("so I see"))
    window.hears("so I see")
    tab_to(window, '[data-action="stop"]')
    keys.press("Enter")
    window.at("stopped")

    assert wire.run(bo.ended())["reason"] == "partner_left"
    expect(window.action("rejoin")).to_be_visible()
