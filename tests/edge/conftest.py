"""Edge tests run with Django, on a database and a data folder of their own."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "strangerspace.settings"

import django

django.setup()

import pytest  # noqa: E402  Django must be set up before anything reads models
from django.urls import get_resolver  # noqa: E402  as above

from strangerspace.static_collection import collect_if_stale  # noqa: E402  as above

# What routes import is imported now: else the first test that asks for a page
# would be the one that seems to cover it.
assert get_resolver().url_patterns


@pytest.fixture(autouse=True, scope="session")
def collected_static_files():
    """Pages name hashed files, as on a real site."""
    collect_if_stale()
