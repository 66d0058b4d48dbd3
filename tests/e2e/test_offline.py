"""What a device shows without its network, and what it keeps for that."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenWindow
from tests.support.window import Window

KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    kept.push(...(await cache.keys()).map(({ url }) => new URL(url).pathname));
  }
  return kept;
}"""
REGISTERED = "async () => Boolean((await navigator.serviceWorker.ready).active)"


@pytest.fixture
def visitor(open_window: OpenWindow) -> Window:
    """Open the landing page, and wait until the worker runs."""
    window = open_window()
    window.goto("/")
    assert window.page.evaluate(REGISTERED)
    return window


def lands_offline(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("No connection right now.")
    # Drawn with its own styles: the button is as high as a thumb needs.
    box = page.locator(".button--main").bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_without_network_there_is_a_page_that_says_so(visitor: Window) -> None:
    visitor.context.set_offline(True)
    for path in ("/", "/talk/?mode=text", "/account/login/"):
        visitor.goto(path)
        lands_offline(visitor.page)
    visitor.forgive("Failed to load resource")


def test_with_the_network_back_the_same_address_is_tried_again(
    visitor: Window,
) -> None:
    visitor.context.set_offline(True)
    visitor.goto("/age/?mode=text")
    lands_offline(visitor.page)
    visitor.context.set_offline(False)
    visitor.page.locator(".button--main").click()

    expect(visitor.page.locator('[name="birth_date"]')).to_be_visible()
    visitor.forgive("Failed to load resource")


def test_nothing_that_was_visited_is_kept(visitor: Window) -> None:
    before = visitor.page.evaluate(KEPT)
    visitor.enter("text", "chess")
    after = visitor.page.evaluate(KEPT)

    assert "/offline/" in before
    assert sorted(after) == sorted(before)
    assert [
        path
        for path in after
        if path != "/offline/" and not path.startswith("/static/")
    ] == []


def test_chromium_finds_nothing_that_hinders_the_installation(
    visitor: Window,
) -> None:
    protocol = visitor.context.new_cdp_session(visitor.page)
    found = protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]

    # A private window, which a test uses, is never offered the installation.
    assert [
        error["errorId"] for error in found if error["errorId"] != "in-incognito"
    ] == []
