"""A second look before a line goes out, links that sleep, and a word about an age."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenWindow
from tests.support.meeting import couple
from tests.support.window import Window

MAIL = "write to me: ana@example.org"
LINK = "look: http://example.com/a?b=1 and tell me"
AFTER_A_DOUBLE_CLICK_MS = 700


@pytest.fixture
def two(open_window: OpenWindow, topic: str) -> tuple[Window, Window]:
    """Let two people meet by text."""
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    return ana, bo


def hears_nothing_yet(window: Window) -> None:
    """Give a line time to arrive that must not."""
    window.page.wait_for_timeout(500)
    assert window.lines("stranger").count() == 0


def test_a_held_line_goes_out_when_its_writer_says_so(
    two: tuple[Window, Window],
) -> None:
    ana, bo = two
    ana.say(MAIL)
    expect(ana.part("hold")).to_be_visible()
    expect(ana.action("edit-text")).to_be_focused()
    hears_nothing_yet(bo)
    ana.press("send-anyway")
    bo.hears(MAIL)

    expect(ana.part("hold")).to_be_hidden()
    expect(ana.part("composer")).to_have_value("")
    expect(ana.part("composer")).to_be_focused()


def test_a_held_line_can_be_edited_where_it_matters(
    two: tuple[Window, Window],
) -> None:
    ana, bo = two
    ana.say(MAIL)
    ana.press("edit-text")

    expect(ana.part("hold")).to_be_hidden()
    expect(ana.part("composer")).to_be_focused()
    ana.page.keyboard.type("later")
    expect(ana.part("composer")).to_have_value("write to me: later")
    ana.page.keyboard.press("Enter")
    bo.hears("write to me: later")


def test_each_kind_is_held_once(
    two: tuple[Window, Window],
) -> None:
    ana, bo = two
    ana.say(MAIL)
    ana.press("send-anyway")
    ana.say("or bo@example.org")
    bo.hears("or bo@example.org")

    ana.say("or call +44 7700 900123")
    expect(ana.part("hold-reasons").locator("li")).to_have_count(1)


def test_the_keyboard_alone_is_enough(two: tuple[Window, Window]) -> None:
    ana, bo = two
    ana.part("composer").focus()
    ana.page.keyboard.type(MAIL)
    ana.page.keyboard.press("Enter")
    ana.page.keyboard.press("Escape")
    expect(ana.part("hold")).to_be_hidden()
    expect(ana.part("composer")).to_have_value(MAIL)
    ana.page.keyboard.press("Enter")

    bo.hears(MAIL)


def test_next_forgets_a_held_line(two: tuple[Window, Window]) -> None:
    ana, _bo = two
    ana.say(MAIL)
    ana.press("next")
    ana.at("waiting")

    expect(ana.part("hold")).to_be_hidden()


def test_a_link_sleeps_until_it_is_pressed_twice(two: tuple[Window, Window]) -> None:
    ana, bo = two
    ana.say(LINK)
    ana.press("send-anyway")
    bo.hears(LINK)
    assert bo.lines("stranger").locator("a[href]").count() == 0
    assert ana.lines("you").locator("a, button").count() == 0

    bo.action("show-link").click()
    opened = bo.part("link-open")
    expect(opened).to_contain_text("example.com")
    expect(opened).to_be_focused()
    expect(opened).to_have_attribute("href", "https://example.com/a?b=1")
    expect(opened).to_have_attribute("rel", "noopener noreferrer")
    expect(opened).to_have_attribute("target", "_blank")


def test_a_double_click_opens_nothing_and_a_second_press_does(
    two: tuple[Window, Window],
) -> None:
    ana, bo = two
    bo.context.route(
        "https://example.com/**", lambda route: route.fulfill(body="there")
    )
    ana.say(LINK)
    ana.press("send-anyway")
    bo.action("show-link").dblclick(position={"x": 4, "y": 6})
    bo.page.wait_for_timeout(AFTER_A_DOUBLE_CLICK_MS)
    assert len(bo.context.pages) == 1

    with bo.context.expect_page() as opened:
        bo.part("link-open").click()
    assert opened.value.url == "https://example.com/a?b=1"
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]
    bo.foreign.remove("https://example.com/a?b=1")


def test_a_link_left_alone_sleeps_again(two: tuple[Window, Window]) -> None:
    ana, bo = two
    ana.say(LINK)
    ana.press("send-anyway")
    bo.action("show-link").click()
    bo.part("composer").focus()

    expect(bo.action("show-link")).to_be_visible()
    assert bo.lines("stranger").locator("a[href]").count() == 0


def test_an_age_under_18_is_spoken_of_to_both_and_ends_nothing(
    two: tuple[Window, Window],
) -> None:
    ana, bo = two
    ana.say("hi, I'm 16")
    ana.press("send-anyway")
    for one in (ana, bo):
        expect(
            one.part("notice").and_(one.page.locator('[data-code="under_age"]'))
        ).to_be_visible()
    bo.press("dismiss")
    bo.say("my dog is 16 too")
    ana.hears("my dog is 16 too")

    expect(bo.part("notice")).to_have_count(0)
    assert (ana.stage, bo.stage) == ("talking", "talking")
