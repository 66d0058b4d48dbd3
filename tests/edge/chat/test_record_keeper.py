"""One conversation's record reaches the store, in order, whatever that does."""

import asyncio
from dataclasses import replace

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chat import record_keeper
from chat.conversation_stores import conversation_store
from chat.domain.record import with_home
from chat.record_keeper import RecordKeeper, unwritten_ends
from tests.edge.chat.driver import turns
from tests.unit.chat.records_of import THERE, ended, record

FIRST = record(open=False)
OPEN = record()


class Calls(list):
    def __call__(self):
        self.append("deposed")


@pytest.fixture
def store(monkeypatch):
    """The store of the process; it can be away, and slow."""
    store = conversation_store()
    store.away = False
    store.writes = []
    for name in ("put", "end"):
        monkeypatch.setattr(store, name, _watched(store, name))
    monkeypatch.setattr(record_keeper, "PAUSE_SECONDS", 0.01)
    return store


def _watched(store, name):
    real = getattr(store, name)

    async def call(about):
        await asyncio.sleep(0)
        store.writes.append(about)
        if store.away:
            raise RedisConnectionError
        return await real(about)

    return call


@pytest.fixture
def deposed():
    return Calls()


@pytest.fixture
def keeper(store, deposed):
    return RecordKeeper(FIRST, deposed=deposed)


async def test_what_is_saved_stands(keeper, store, deposed):
    keeper.save(FIRST)
    await turns()

    assert await store.get(FIRST.id) == FIRST
    assert deposed == []


async def test_what_changes_while_a_write_runs_is_written_once_after_it(keeper, store):
    keeper.save(FIRST)
    await asyncio.sleep(0)
    later = [replace(OPEN, started=OPEN.started + step) for step in range(5)]
    for each in later:
        keeper.save(each)
    await turns()

    assert store.writes == [FIRST, later[-1]]
    assert keeper.record == later[-1]
    assert await store.get(FIRST.id) == later[-1]


async def test_a_store_that_is_away_has_the_newest_once_it_is_back(
    keeper, store, caplog
):
    store.away = True
    keeper.save(FIRST)
    await turns()
    keeper.save(ended(OPEN))
    await asyncio.sleep(0.03)
    assert unwritten_ends() == {OPEN.id: ended(OPEN)}
    store.away = False
    await asyncio.sleep(0.03)

    assert await store.get(FIRST.id) == ended(OPEN)
    assert unwritten_ends() == {}
    assert "a record could not be written: ConnectionError" in caplog.text
    assert all(str(each) not in caplog.text for each in OPEN.visitors.values())


async def test_whoever_finds_another_home_there_is_deposed_and_writes_no_more(
    keeper, store, deposed
):
    await store.put(OPEN)
    theirs = with_home(OPEN, THERE)
    await store.take_over(theirs, was_epoch=1)
    keeper.save(OPEN)
    keeper.save(ended(OPEN))
    await turns()
    assert await store.get(OPEN.id) == theirs
    keeper.save(replace(OPEN, suite=2))
    await turns()

    assert deposed == ["deposed"]
    assert await store.get(OPEN.id) == theirs
    assert unwritten_ends() == {}


async def test_an_end_deposes_nobody(keeper, store, deposed):
    await store.end(ended(OPEN))
    keeper.save(ended(replace(OPEN, started=OPEN.started + 1)))
    await turns()

    assert deposed == []
    assert await store.get(OPEN.id) == ended(OPEN)
