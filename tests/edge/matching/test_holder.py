"""Tickets of one process in a store that several share: none is ever lost."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from common.ids import WorkerId
from common.redis import async_redis, sync_redis
from common.worker import worker_id
from matching import redis_scripts as scripts
from matching.domain.policy import POLICY, LeasePolicy
from matching.domain.ticket_text import write
from matching.events import PairFound
from matching.holder import Holder
from matching.matcher_lease import MatcherLease
from matching.store import TAKEN, StoreUnreachableError
from matching.store_redis import RedisTicketStore
from tests.edge.matching.pairs import claim
from tests.unit.matching.people import ticket

ELSEWHERE = WorkerId("e" * 16)
BRISK = LeasePolicy(
    ticket_seconds=1.0,
    renew_seconds=0.1,
    hurry_seconds=0.05,
    pair_grace_seconds=0.3,
    subscribe_seconds=0.5,
)
ANA, BO, CY = (ticket(number, owner=worker_id()) for number in (1, 2, 3))
FAR = ticket(9, owner=ELSEWHERE)


async def until(condition, seconds=5):
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  any condition
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_house(own, store=None):
    store = store or RedisTicketStore(POLICY, leases=BRISK)
    holder = Holder(store, own=own, policy=BRISK)
    try:
        yield holder
    finally:
        await holder.stop()


@pytest.fixture
async def here(shared):
    async with a_house(worker_id()) as holder:
        yield holder


@pytest.fixture
async def there(shared):
    async with a_house(ELSEWHERE) as holder:
        yield holder


@pytest.fixture
async def store(shared):
    """The store, for one who may claim."""
    lease = MatcherLease(worker_id(), policy=LeasePolicy(matcher_seconds=60))
    return RedisTicketStore(POLICY, token=await lease.acquire())


async def test_tickets_wait_for_as_long_as_they_are_held(here, store):
    await here.offer(ANA)
    await here.offer(BO)
    await asyncio.sleep(1.3)
    assert await store.ids() == {ANA.id, BO.id}

    assert await here.withdraw(ANA.id)
    assert not await here.withdraw(ANA.id)
    await here.stop()
    await asyncio.sleep(1.1)
    assert await store.ids() == set()


async def test_renewing_ends_with_the_last_ticket_and_begins_with_the_next(here):
    await here.offer(ANA)
    first = here._tasks["renewing tickets"]
    await here.withdraw(ANA.id)
    await asyncio.wait_for(first, timeout=2)
    await here.offer(BO)

    assert not here._tasks["renewing tickets"].done()


async def test_a_pair_is_published_here_alone_and_not_offered_again(
    here, there, store, told
):
    await here.offer(ANA)
    await there.offer(FAR)
    assert await claim(store, ANA, FAR) == TAKEN
    assert not await there.withdraw(FAR.id)  # invited by the process of the first
    await asyncio.sleep(0.8)

    assert told == [PairFound(first=ANA, second=FAR, at=10.0)]
    assert await store.ids() == set()


async def test_a_pair_of_two_of_ours_leaves_neither_waiting(here, store, told):
    await here.offer(ANA)
    await here.offer(BO)
    await claim(store, ANA, BO)
    await asyncio.sleep(0.8)

    assert [{news.first.id, news.second.id} for news in told] == [{ANA.id, BO.id}]
    assert await store.ids() == set()


async def test_who_was_never_told_waits_again_but_not_at_once(here, there, store):
    """The owner of the first dies with the news: the second is not stranded."""
    await here.offer(ANA)
    await there.offer(FAR)
    await claim(store, ANA, FAR)
    await asyncio.sleep(BRISK.pair_grace_seconds * 0.8)
    assert await store.get(FAR.id) is None
    await until(lambda: store.get(FAR.id))

    assert await store.get(FAR.id) == replace(FAR, attempt=2)
    assert await there.withdraw(FAR.id)


async def test_a_lost_pair_is_healed_by_the_renewals(here, store, told):
    await here.offer(ANA)
    await here.offer(BO)
    here._listener._heed = lambda news: None
    await claim(store, ANA, BO)
    await until(lambda: store.get(ANA.id))
    await until(lambda: store.get(BO.id))

    assert told == []
    assert (await store.get(ANA.id)).attempt == 2


async def test_a_pair_that_comes_after_its_time_is_void_for_both(here, store, told):
    late = []
    await here.offer(ANA)
    here._listener._heed = late.append
    await here.offer(BO)
    await claim(store, ANA, BO)
    await until(lambda: store.get(ANA.id))
    await here.offer(BO)  # as one who has not noticed yet
    here.hear(late[0])

    assert told == []
    await until(lambda: store.get(BO.id))
    assert (await store.get(BO.id)).attempt == 2
    assert (await store.get(ANA.id)).attempt == 2


async def test_a_pair_of_one_who_left_is_still_told(here, there, store, told):
    """So that the other side hears at once that nobody comes."""
    await here.offer(ANA)
    await there.offer(FAR)
    await claim(store, ANA, FAR)
    assert not await here.withdraw(ANA.id)
    await asyncio.sleep(0.3)

    assert [news.first for news in told] == [ANA]


async def test_tickets_come_back_after_redis_came_back_empty(here, redis_server):
    store = RedisTicketStore(POLICY)
    many = [ticket(number, owner=worker_id()) for number in range(250)]
    await asyncio.gather(*(here.offer(one) for one in many))
    redis_server.restart()

    async def all_back():
        try:
            return await store.ids() == {one.id for one in many}
        except StoreUnreachableError:
            return False

    await until(all_back)
    assert await here.withdraw(many[0].id)


async def test_an_offer_while_redis_is_away_counts_when_it_is_back(
    here, redis_server, caplog
):
    store = RedisTicketStore(POLICY)
    await here.offer(ANA)
    redis_server.kill()
    try:
        await here.offer(BO)
        assert not await here.withdraw(ANA.id)
        await asyncio.sleep(0.2)
    finally:
        redis_server.start()

    await until(lambda: store.get(BO.id), seconds=8)
    assert await store.ids() == {BO.id}
    assert "could not be offered" in caplog.text


async def test_who_leaves_while_being_offered_does_not_wait(here, store, monkeypatch):
    put = RedisTicketStore.put

    async def slow_put(self, one):
        await asyncio.sleep(0.1)
        await put(self, one)

    monkeypatch.setattr(RedisTicketStore, "put", slow_put)
    offering = asyncio.create_task(here.offer(ANA))
    await asyncio.sleep(0.05)
    await here.withdraw(ANA.id)
    await offering

    assert await store.ids() == set()


async def test_a_failure_of_its_own_stops_no_renewals(here, store, caplog):
    failures = [RuntimeError("once")]
    renew = here._store.renew

    async def failing_once(ids):
        if failures:
            raise failures.pop()
        return await renew(ids)

    here._store.renew = failing_once
    await here.offer(ANA)
    await asyncio.sleep(1.3)

    assert "tickets were not renewed" in caplog.text
    assert await store.ids() == {ANA.id}


async def test_strange_news_harm_nobody(here, store, told, caplog):
    await here.offer(ANA)
    channel = scripts.PAIRS + worker_id()
    for strange in (b"", b"a\nb\nc", b"\n".join([write(ANA), b"{}", b"1"])):
        sync_redis().publish(channel, strange)
    await asyncio.sleep(0.1)
    await here.offer(BO)
    await claim(store, ANA, BO)
    async with asyncio.timeout(5):
        while not told:  # noqa: ASYNC110  a list, not an event
            await asyncio.sleep(0.01)

    assert len(told) == 1
    assert "was not heeded" in caplog.text
    await async_redis().ping()
