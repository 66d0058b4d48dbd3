"""Every page that a visitor can open, and what must be true to open it."""

import secrets
from collections.abc import Callable

from tests.support.accounts import mailed_code
from tests.support.server import Server
from tests.support.window import Window

Prepare = Callable[[Window, Server], None]


def stranger(_window: Window, _site: Server) -> None:
    """Need nothing."""


def adult(window: Window, _site: Server) -> None:
    """State an age first."""
    window.goto("/age/?mode=text")
    window.state_age()


def child(window: Window, _site: Server) -> None:
    """State too low an age first."""
    window.goto("/age/?mode=text")
    window.state_age("2015-01-01")
    window.page.wait_for_load_state()


def applicant(window: Window, _site: Server) -> str:
    """Ask for an account; returns the e-mail address that was given."""
    email = f"ana.{secrets.token_hex(4)}@mail.example"
    window.goto("/account/signup/")
    window.page.locator('[name="email"]').fill(email)
    window.submit()
    window.page.locator('[name="code"]').wait_for()
    return email


def confirming(window: Window, site: Server) -> None:
    """Have a code in the mail."""
    applicant(window, site)


def member(window: Window, site: Server) -> None:
    """Sign up and in."""
    email = applicant(window, site)
    window.page.locator('[name="code"]').fill(mailed_code(email, site.log_text))
    window.submit()
    window.page.wait_for_url("**/account/you/")


PAGES: dict[str, Prepare] = {
    "/": stranger,
    "/age/?mode=video": stranger,
    "/interests/?mode=video": adult,
    "/talk/?mode=text": adult,
    "/talk/?mode=voice": adult,
    "/talk/?mode=video": adult,
    "/age/?mode=text": child,
    "/erase/": stranger,
    "/how-it-works/": stranger,
    "/matching/": stranger,
    "/safety/": stranger,
    "/rules/": stranger,
    "/privacy/": stranger,
    "/creators/": stranger,
    "/why/": stranger,
    "/about/": stranger,
    "/offline/": stranger,
    "/account/login/": stranger,
    "/account/login/code/": stranger,
    "/account/signup/": stranger,
    "/account/confirm-email/": confirming,
    "/account/you/": member,
    "/account/email/": member,
    "/account/2fa/": member,
    "/account/2fa/totp/activate/": member,
    "/account/2fa/recovery-codes/generate/": member,
    "/account/logout/": member,
    "/account/inactive/": stranger,
    "/no/such/page/": stranger,
}
