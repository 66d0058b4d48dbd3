"""Two people write to each other, each at a browser of their own."""

import time

from playwright.sync_api import expect

from tests.e2e.conftest import OpenWindow
from tests.support.meeting import couple, sit_down
from tests.support.server import Server


def test_two_strangers_write_to_each_other(
    open_window: OpenWindow, site: Server, topic: str
) -> None:
    ana, bo = open_window(), open_window(origin=site.second_url)
    couple(ana, bo, topic)
    ana.say("hello from Ana 👋")
    bo.hears("hello from Ana 👋")
    bo.say("grüß dich, Ana")
    ana.hears("grüß dich, Ana")

    expect(ana.lines("you")).to_have_attribute("data-state", "received")
    expect(bo.lines("you")).to_have_attribute("data-state", "received")
    expect(bo.lines("stranger")).to_have_attribute("data-state", "shown")
    expect(ana.part("shared")).to_contain_text(topic)


def test_both_see_the_same_safety_code(open_window: OpenWindow, topic: str) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    codes = []
    for one in (ana, bo):
        one.part("code-button").click()
        one.press("whole-code")
        codes.append(one.part("code-emoji").all_inner_texts())

    assert codes[0] == codes[1]
    assert ana.part("code-emoji").locator("li").count() == 7
    assert ana.part("safety-code").inner_text() == bo.part("safety-code").inner_text()


def test_a_script_in_a_message_stays_text(open_window: OpenWindow, topic: str) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    ana.say(attack)
    bo.hears(attack)

    assert bo.lines("stranger").locator("img, script").count() == 0


def test_next_gives_a_new_partner(open_window: OpenWindow, topic: str) -> None:
    ana, bo, cy = open_window(), open_window(), open_window()
    couple(ana, bo, topic)
    first = ana.part("partner-handle").inner_text()
    sit_down(cy, topic)
    cy.at("waiting")
    ana.press("next")
    bo.at("ended")
    ana.at("talking")
    cy.at("talking")
    cy.say("hello, I am the new one")
    ana.hears("hello, I am the new one")

    assert ana.part("partner-handle").inner_text() != first
    assert ana.lines("you").count() == 0
    expect(bo.part("ended-words")).not_to_be_empty()
    assert bo.lines("stranger").count() == 0


def test_the_one_who_was_left_finds_someone_new(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo, cy = open_window(), open_window(), open_window()
    couple(ana, bo, topic)
    ana.press("stop")
    ana.at("stopped")
    bo.at("ended")
    bo.press("again-join")
    bo.at("waiting")
    sit_down(cy, topic)
    bo.at("talking")
    bo.say("second try")
    cy.hears("second try")

    assert ana.stage == "stopped"


def test_a_closed_tab_tells_the_other_within_two_seconds(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    closed_at = time.monotonic()
    bo.page.close()
    ana.at("ended")

    assert time.monotonic() - closed_at < 2
    expect(ana.part("ended-words")).not_to_be_empty()


def test_leaving_for_another_page_tells_the_other_too(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    bo.goto("/")
    ana.at("ended", within_ms=2000)

    expect(ana.part("ended-words")).not_to_be_empty()


def test_two_windows_of_one_browser_are_told_that_they_are_one_person(
    open_window: OpenWindow, topic: str
) -> None:
    ana = open_window()
    sit_down(ana, topic)
    ana.at("waiting")
    second = ana.another_tab()
    second.goto("/talk/?mode=text")
    second.begin()
    second.at("waiting")

    expect(second.part("other-window")).to_be_visible()
    assert ana.stage == "waiting"
