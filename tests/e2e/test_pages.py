"""Every page can be used with a keyboard alone, and on a narrow screen."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import OpenWindow
from tests.support.keyboard import WALK, walk
from tests.support.pages import PAGES
from tests.support.server import ROOT, Server
from tests.support.window import NARROW

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


LIST_ROUTES = """
import django
django.setup()
from django.urls import URLResolver, get_resolver

def walk(patterns, before=""):
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            walk(one.url_patterns, path)
        else:
            print(path)

walk(get_resolver().url_patterns)
"""


def routes() -> list[str]:
    """Ask the site, in a process of its own, for all its routes."""
    asked = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "strangerspace.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    return asked.stdout.splitlines()


def test_every_page_of_the_site_is_listed() -> None:
    listed = {urlsplit(path).path.lstrip("/") for path in PAGES}
    pages = {
        route
        for route in routes()
        if not route.startswith(NOT_PAGES + BEYOND) and "<" not in route
    }

    assert pages - listed - {"account/2fa/recovery-codes/"} == set()


@pytest.mark.parametrize("path", PAGES)
def test_every_control_is_reached_with_tab_and_nothing_scrolls_sideways(
    open_window: OpenWindow, site: Server, path: str
) -> None:
    window = open_window()
    window.context.add_init_script(path=WALK)
    PAGES[path](window, site)
    window.goto(path)
    window.forgive("the server responded with a status of 40")
    missed, unseen = walk(window)
    window.page.set_viewport_size(NARROW)

    assert (missed, unseen) == ([], [])
    assert window.too_wide() == []
