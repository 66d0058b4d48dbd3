"""What is walked through and measured is every page that there is."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import URLPattern, URLResolver, get_resolver

from tests.support.pages import PAGES

NOT_PAGES = ("api/", "healthz/", "admin/", "manifest.webmanifest", "sw.js")
BEYOND = (
    "account/password/",  # accounts here have no password
    "account/reauthenticate/",  # only on the way to another page
    "account/2fa/reauthenticate/",
    "account/2fa/authenticate/",  # only with TOTP, which tests of staff cover
    "account/2fa/totp/deactivate/",
    "account/2fa/recovery-codes/download/",
    "account/login/code/confirm/",  # the form of account/confirm-email/
)


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, path)
        else:
            yield path


def test_every_page_of_the_site_is_listed() -> None:
    listed = {urlsplit(path).path.lstrip("/") for path in PAGES}
    pages = {
        route
        for route in routes(get_resolver().url_patterns)
        if not route.startswith(NOT_PAGES + BEYOND) and "<" not in route
    }

    assert pages - listed - {"account/2fa/recovery-codes/"} == set()
