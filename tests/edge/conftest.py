"""Edge tests run with Django, on a database and a data folder of their own.

The database is SQLite. With `EDGE_DATABASE=postgres` it is a PostgreSQL that
lives as long as the run, and only the tests that use a database are run.
"""

import atexit
import os
from pathlib import Path

from tests.support.services import PrivatePostgres

os.environ["DJANGO_SETTINGS_MODULE"] = "strangerspace.settings"
ON_POSTGRES = os.environ.get("EDGE_DATABASE") == "postgres"
if ON_POSTGRES:
    postgres = PrivatePostgres(Path(os.environ["DATA_DIR"]))
    atexit.register(postgres.remove)
    postgres.start()
    os.environ |= {
        "DATABASE_URL": postgres.url,
        "SECRET_KEY": "secret of the tests",
        "FRANKING_MASTER_KEY": "master key of the tests",
    }

import django  # noqa: E402  the settings above must be named first

django.setup()

import pytest  # noqa: E402  Django must be set up before anything reads models
from django.template import engines  # noqa: E402  as above
from django.urls import get_resolver  # noqa: E402  as above

from common import redis as our_redis  # noqa: E402  as above
from strangerspace.static_collection import collect_if_stale  # noqa: E402  as above
from tests.support.services import private_redis  # noqa: E402  as above

# What routes import is imported now: else the first test that asks for a page
# would be the one that seems to cover it.
assert get_resolver().url_patterns
assert engines.all()  # and what templates import


DATABASE_FIXTURES = {"db", "transactional_db"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """On PostgreSQL, leave out what does not use a database."""
    if ON_POSTGRES:
        used = [item for item in items if _uses_database(item)]
        config.hook.pytest_deselected(
            items=[item for item in items if not _uses_database(item)]
        )
        items[:] = used


def _uses_database(item):
    return bool(
        item.get_closest_marker("django_db")
        or DATABASE_FIXTURES & set(item.fixturenames)
    )


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
