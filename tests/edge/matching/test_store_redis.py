"""The store in Redis: the contract, and what only a shared store has to promise."""

import asyncio

import pytest

from common.ids import WorkerId
from common.redis import async_redis, sync_redis
from common.vocabulary import Mode
from common.worker import worker_id
from matching import redis_scripts as scripts
from matching.domain.policy import POLICY, LeasePolicy
from matching.holder import Holder
from matching.listener import Listener
from matching.matcher_lease import MatcherLease
from matching.store import GONE, DeposedError, StoreUnreachableError
from matching.store_redis import RedisTicketStore
from tests.edge.matching.pairs import claim, measured
from tests.edge.matching.store_contract import (
    ANA,
    BO,
    CY,
    FEW_KEPT,
    TicketStoreContract,
)
from tests.unit.matching.people import ticket

FLEETING = LeasePolicy(ticket_seconds=0.2)


async def a_listening_owner(own=None):
    """Start the ear of an owner; gives its task."""
    holder = Holder(RedisTicketStore(POLICY), own=own or worker_id())
    ear = asyncio.create_task(holder._listener.run())
    assert await holder._listener.ready()
    return ear


async def a_store(**options):
    lease = MatcherLease(worker_id(), policy=LeasePolicy(matcher_seconds=60))
    return RedisTicketStore(FEW_KEPT, token=await lease.acquire(), **options)


@pytest.fixture
async def store(shared):
    ear = await a_listening_owner()
    yield await a_store()
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)


class TestRedisTicketStore(TicketStoreContract):
    async def leave_loop(self):
        await async_redis().aclose()


def left_over():
    """Name every key but those of the lease."""
    known = {scripts.LEASE.encode(), scripts.EPOCH.encode()}
    return set(sync_redis().scan_iter()) - known


async def test_every_key_is_ours_and_nothing_is_left_of_who_leaves(store):
    for one in (ANA, BO, CY):
        await store.put(one)
    assert all(key.startswith(b"ss:match:") for key in sync_redis().scan_iter())

    for one in (ANA, BO, CY):
        await store.withdraw(one.id)
    assert left_over() == set()


async def test_what_is_left_of_a_pair_names_nobody_and_expires(store):
    for one in (ANA, BO):
        await store.put(one)
    await claim(store, ANA, BO, mark=b"\x01" * 16)

    left = left_over()
    assert left == {b"ss:match:met:" + b"01" * 16, b"ss:match:waits:text"}
    assert all(0 < sync_redis().ttl(key) <= 900 for key in left)


async def test_a_ticket_that_nobody_renews_vanishes(store):
    fleeting = RedisTicketStore(POLICY, leases=FLEETING)
    await fleeting.put(ANA)
    await fleeting.put(BO)
    await asyncio.sleep(0.15)
    assert await fleeting.renew([BO.id, CY.id]) == {CY.id}
    await asyncio.sleep(0.1)

    assert await store.get(ANA.id) is None
    assert await store.get(BO.id) == BO
    assert await claim(store, BO, ANA) == GONE
    assert not await store.withdraw(ANA.id)
    assert await fleeting.renew([ANA.id, BO.id]) == {ANA.id}
    assert await store.waiting(Mode.TEXT, other_than=None) == 1
    assert await store.ids() == {BO.id}


async def test_counting_drops_those_who_vanished(store):
    await RedisTicketStore(POLICY, leases=FLEETING).put(ANA)
    await asyncio.sleep(0.25)

    assert await store.waiting(Mode.TEXT, other_than=None) == 0
    assert left_over() == set()


async def test_thousands_are_renewed_at_once(store):
    many = [ticket(number) for number in range(1300)]
    for start in range(0, len(many), 50):
        await asyncio.gather(*map(store.put, many[start : start + 50]))
    ids = [one.id for one in many]

    assert await store.renew([*ids, ANA.id, CY.id]) == frozenset()
    assert await store.renew([]) == frozenset()
    assert await store.ids() == set(ids)


async def test_an_older_attempt_replaces_nothing(store):
    newer = ticket(1, owner=worker_id(), attempt=2)
    await store.put(newer)
    await store.put(ANA)

    assert await store.get(ANA.id) == newer
    assert await store.waiting(Mode.TEXT, other_than=None) == 1


async def test_several_tickets_are_read_at_once(store):
    for one in (ANA, BO):
        await store.put(one)
    sync_redis().hset(scripts.TICKETS, "strange", b'{"v":99}')

    read = await store.read([ANA.id, "strange", CY.id, BO.id])
    assert read == [ANA, BO]
    assert await store.read([]) == []


async def test_a_process_without_the_lease_claims_nothing(store):
    for one in (ANA, BO):
        await store.put(one)
    with pytest.raises(DeposedError):
        await claim(RedisTicketStore(POLICY), ANA, BO)
    with pytest.raises(DeposedError):
        await claim(RedisTicketStore(POLICY, token="1 another"), ANA, BO)
    sync_redis().delete(scripts.LEASE)
    with pytest.raises(DeposedError):
        await claim(store, ANA, BO)

    assert await store.ids() == {ANA.id, BO.id}


async def test_nobody_is_paired_with_the_ticket_of_a_dead_process(store, told):
    ghost = ticket(9, owner=WorkerId("f" * 16))
    for place, pair in enumerate([(ANA, ghost), (ghost, ANA)]):
        for one in pair:
            await store.put(one)

        assert await claim(store, *pair, at=10.0 + place) == GONE
        assert await store.get(ghost.id) is None
        assert await store.get(ANA.id) == ANA
    assert told == []


async def test_waits_are_read_anew_once_in_a_while(shared):
    now = 0.0
    ear = await a_listening_owner()
    store = await a_store(steady=lambda: now)
    await measured(store, 1.0, 2.0, at=10.0)
    assert await store.waits(Mode.TEXT, after=0) == [1.0, 2.0]
    await measured(store, 3.0, 4.0, at=11.0)

    assert await store.waits(Mode.TEXT, after=0) == [1.0, 2.0]
    now = 1.1
    assert await store.waits(Mode.TEXT, after=0) == [1.0, 2.0, 3.0, 4.0]
    ear.cancel()


async def test_a_redis_that_is_gone_is_an_error_and_no_hang(store, redis_server):
    redis_server.kill()
    try:
        asked = (
            store.put(ANA),
            store.withdraw(ANA.id),
            store.renew([ANA.id]),
            store.read([ANA.id]),
            store.waits(Mode.TEXT, after=0),
            store.remember_pair(b"mark", now=0, until=1),
        )
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*asked, return_exceptions=True)
    finally:
        redis_server.start()

    assert {type(answer) for answer in answers} == {StoreUnreachableError}
    await store.put(ANA)
    assert await store.get(ANA.id) == ANA


async def test_an_ear_hears_again_after_a_restart_and_after_a_failure(
    shared, redis_server, caplog
):
    heard = []

    def heed(said):
        if said == b"bad":
            raise LookupError
        heard.append(said)

    listener = Listener("ss:test", heed, policy=LeasePolicy(hurry_seconds=0.05))
    ear = asyncio.create_task(listener.run())
    assert await listener.ready()
    redis_server.restart()
    async with asyncio.timeout(5):
        while b"good" not in heard:
            sync_redis().publish("ss:test", b"bad")
            sync_redis().publish("ss:test", b"good")
            await asyncio.sleep(0.05)
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)

    assert "was not heeded" in caplog.text
    assert "ss:test is away" in caplog.text


async def test_an_ear_whose_server_has_gone_silent_asks_and_connects_again(shared):
    heard = []
    policy = LeasePolicy(quiet_seconds=0.2, hurry_seconds=0.05)
    listener = Listener("ss:test", heard.append, policy=policy)
    ear = asyncio.create_task(listener.run())
    assert await listener.ready()
    first = ear_names()
    await asyncio.sleep(0.6)
    assert ear_names() == first  # quiet, but alive
    sync_redis().client_pause(700)
    await asyncio.sleep(1.5)

    assert await listener.ready()
    assert ear_names() != first
    ear.cancel()
    await asyncio.gather(ear, return_exceptions=True)


def ear_names():
    """Name the connections that subscribe to the test's channel."""
    return {each["id"] for each in sync_redis().client_list() if each["sub"] == "1"}
