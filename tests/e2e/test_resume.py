"""Connections break, and conversations go on."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenWindow
from tests.support.cable import Cable
from tests.support.meeting import couple, sit_down
from tests.support.server import Server
from tests.support.window import Window

BACK_MS = 20_000
NOTICE_SECONDS = 5
PROVOKED = ("Failed to load resource", "WebSocket connection to")


@pytest.fixture
def cable(site: Server) -> Iterator[Cable]:
    with Cable(site.port) as laid:
        yield laid


@pytest.fixture
def ana(open_window: OpenWindow, cable: Cable) -> Iterator[Window]:
    """Somebody whose network can break; what the browser says of it is forgiven."""
    window = open_window(origin=cable.url)
    yield window
    for words in PROVOKED:
        window.forgive(words)


@pytest.fixture
def bo(open_window: OpenWindow) -> Window:
    return open_window()


def contact(window: Window, kind: str) -> Locator:
    """Find the line that says who is reached, if it says this."""
    return window.page.locator(f'[data-part="contact"][data-contact="{kind}"]')


def says(window: Window, kind: str) -> None:
    contact(window, kind).wait_for(state="attached", timeout=BACK_MS)


def all_lines(window: Window, who: str, count: int) -> list[str]:
    """Wait for so many lines, and read them in their order."""
    expect(window.lines(who)).to_have_count(count, timeout=BACK_MS)
    return window.lines(who).locator('[data-part="message-text"]').all_inner_texts()


def test_a_socket_that_breaks_amid_messages_loses_none(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    couple(ana, bo, topic)
    for number in range(1, 7):
        ana.say(f"ana {number}")
        if number in {2, 5}:
            cable.jerk()
        bo.say(f"bo {number}")

    assert all_lines(bo, "stranger", 6) == [f"ana {n}" for n in range(1, 7)]
    assert all_lines(ana, "stranger", 6) == [f"bo {n}" for n in range(1, 7)]
    for one in (ana, bo):
        expect(one.lines("you").last).to_have_attribute(
            "data-state", "received", timeout=BACK_MS
        )


def test_what_is_written_without_a_network_leaves_later(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    couple(ana, bo, topic)
    ana.say("before")
    bo.hears("before")
    cable.pull()
    says(ana, "lost")
    says(bo, "partner-away")
    expect(ana.part("contact-words")).to_contain_text("Reconnecting")
    expect(ana.part("contact-seconds")).to_have_text("60 s", timeout=1000)
    expect(bo.part("contact-seconds")).not_to_be_empty()
    for text in ("one", "two", "three"):
        ana.say(text)
    bo.say("are you there?")
    expect(ana.lines("you").last).to_have_attribute("data-state", "queued")
    cable.mend()
    says(ana, "back")
    says(bo, "partner-back")

    assert all_lines(bo, "stranger", 4) == ["before", "one", "two", "three"]
    assert all_lines(ana, "stranger", 1) == ["are you there?"]
    says(ana, "here")
    expect(ana.part("contact-words")).to_be_empty()


def test_a_call_goes_on_while_the_line_to_the_server_is_gone(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    couple(ana, bo, topic, "video")
    for one in (ana, bo):
        one.receives_more(video=True)
    cable.pull()
    says(ana, "lost")
    says(bo, "partner-away")
    for one in (ana, bo):
        one.receives_more(video=True)

        assert one.page.evaluate("observer.connections()") == ["connected"]
    cable.mend()
    says(ana, "back")
    for one in (ana, bo):
        one.receives_more(video=True)


def test_a_network_that_falls_silent_is_noticed_when_it_changes(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    couple(ana, bo, topic)
    cable.deaden()
    ana.say("into the silence")
    ana.context.set_offline(True)
    says(ana, "lost")
    cable.jerk()
    ana.context.set_offline(False)
    says(ana, "back")

    assert all_lines(bo, "stranger", 1) == ["into the silence"]


def test_where_sockets_are_blocked_the_page_says_so_and_goes_on_trying(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    cable.block_sockets()
    ana.enter("text", topic, "strict")
    begun = time.monotonic()
    ana.begin()
    says(ana, "blocked")

    assert time.monotonic() - begun < NOTICE_SECONDS
    expect(ana.part("contact-words")).to_contain_text("your network")
    cable.mend()
    ana.at("waiting", within_ms=BACK_MS)
    expect(contact(ana, "blocked")).to_have_count(0)
    sit_down(bo, topic)
    ana.at("talking")
    bo.at("talking")


def test_a_search_goes_on_by_itself(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    sit_down(ana, topic)
    ana.at("waiting")
    cable.pull()
    says(ana, "lost")
    cable.mend()
    ana.at("waiting", within_ms=BACK_MS)
    sit_down(bo, topic)
    ana.at("talking")
    bo.at("talking")


@pytest.mark.parametrize("press", ["stop", "next"])
def test_leaving_while_away_is_told_as_soon_as_it_can_be(
    ana: Window, bo: Window, cable: Cable, topic: str, press: str
) -> None:
    couple(ana, bo, topic)
    cable.pull()
    says(ana, "lost")
    ana.press(press)
    ana.at("stopped", "connecting")
    cable.mend()
    bo.at("ended", within_ms=BACK_MS)

    expect(bo.part("ended-words")).to_have_text("Your partner left.")
    ana.at({"stop": "stopped", "next": "waiting"}[press], within_ms=BACK_MS)


def test_who_comes_back_to_an_empty_chair_hears_why(
    ana: Window, bo: Window, cable: Cable, topic: str
) -> None:
    couple(ana, bo, topic)
    cable.pull()
    says(ana, "lost")
    bo.press("stop")
    cable.mend()
    ana.at("ended", within_ms=BACK_MS)

    expect(ana.part("ended-words")).to_have_text("Your partner left.")


def test_two_more_windows_take_over_and_the_first_can_come_back(
    ana: Window, bo: Window, topic: str
) -> None:
    couple(ana, bo, topic)
    others = [ana.another_tab(), ana.another_tab()]
    for other in others:
        other.goto("/talk/?mode=text")
        other.begin()
        other.at("waiting")
    says(ana, "elsewhere")
    others[0].press("leave-queue")
    others[0].at("idle")
    ana.press("come-back")
    says(ana, "back")
    ana.say("here again")
    bo.hears("here again")
