"""An empty store of the process for every test, and a Redis that several share."""

import pytest

from common import events
from common.redis import async_redis
from matching.events import PairFound
from matching.stores import ticket_store


@pytest.fixture(autouse=True)
def process_store():
    ticket_store.cache_clear()
    yield ticket_store()
    ticket_store.cache_clear()


@pytest.fixture
async def shared(redis_url):
    """An empty Redis; the client of this loop is closed in the end."""
    ticket_store.cache_clear()
    await async_redis().script_flush()
    yield redis_url
    await async_redis().aclose()


@pytest.fixture
def told():
    """Pairs that are published in this process, whoever owns their tickets."""
    news = []
    events.subscribe(PairFound, news.append)
    yield news
    events._handlers[PairFound].remove(news.append)
