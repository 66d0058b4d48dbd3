"""An empty store of the process for every test."""

import pytest

from matching.stores import ticket_store


@pytest.fixture(autouse=True)
def process_store():
    ticket_store.cache_clear()
    yield ticket_store()
    ticket_store.cache_clear()
