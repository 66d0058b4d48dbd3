"""Every page that a visitor can open, and what must be true to open it."""

from collections.abc import Callable

from tests.support.window import Window

Prepare = Callable[[Window], None]


def stranger(_window: Window) -> None:
    """Need nothing."""


def adult(window: Window) -> None:
    """State an age first."""
    window.goto("/age/?mode=text")
    window.state_age()


def child(window: Window) -> None:
    """State too low an age first."""
    window.goto("/age/?mode=text")
    window.state_age("2015-01-01")
    window.page.wait_for_load_state()


PAGES: dict[str, Prepare] = {
    "/": stranger,
    "/age/?mode=video": stranger,
    "/interests/?mode=video": adult,
    "/talk/?mode=text": adult,
    "/talk/?mode=voice": adult,
    "/talk/?mode=video": adult,
    "/age/?mode=text": child,
    "/erase/": stranger,
    "/account/login/": stranger,
    "/account/signup/": stranger,
    "/account/login/code/confirm/": stranger,
    "/no/such/page/": stranger,
}
