"""Everything can be reached, seen and used with a keyboard alone."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Arrive, OpenWindow
from tests.support.keyboard import WALK, tab_to, walk
from tests.support.meeting import face, sit_down, wish
from tests.support.window import Window
from tests.support.wire_loop import WireLoop


def open_still(open_window: OpenWindow) -> Window:
    window = open_window(locale="en-US")
    window.context.add_init_script(path=WALK)
    return window


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
