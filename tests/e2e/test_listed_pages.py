"""What is walked through and measured is every page that there is."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

from tests.support.pages import PAGES
from tests.support.server import ROOT

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
