"""Edge tests run with Django, on a database and a data folder of their own."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "strangerspace.settings"

import django

django.setup()

import pytest  # noqa: E402  Django must be set up before anything reads models
from django.urls import get_resolver  # noqa: E402  as above

from common import redis as our_redis  # noqa: E402  as above
from strangerspace.static_collection import collect_if_stale  # noqa: E402  as above
from tests.support.services import private_redis  # noqa: E402  as above

# What routes import is imported now: else the first test that asks for a page
# would be the one that seems to cover it.
assert get_resolver().url_patterns


@pytest.fixture(autouse=True, scope="session")
def collected_static_files():
    """Pages name hashed files, as on a real site."""
    collect_if_stale()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """A real Redis, for this run alone."""
    with private_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(redis_server, settings):
    """An empty Redis that the settings name; the stores must be asked for anew."""
    settings.REDIS_URL = redis_server.url
    our_redis.sync_redis.cache_clear()
    our_redis.sync_redis().flushall()
    yield redis_server.url
    our_redis.sync_redis().close()
    our_redis.sync_redis.cache_clear()
