"""One visitor's sockets on several processes."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.connections import registry
from chat.domain import passage
from chat.domain.passage import Kind
from chat.visitor_sockets import _key
from chat.worker_directory import workers
from chat.workers import WorkerFacts
from common.redis import async_redis, sync_redis
from tests.edge.chat.driver import claims, turns
from tests.edge.chat.elsewhere import ELSEWHERE, stand_in

FACTS = WorkerFacts(online=1, conversations=0, draining=False)


@pytest.fixture
async def elsewhere(redis_url, monkeypatch):
    async def nothing():
        return

    monkeypatch.setattr("chat.consumers.ensure_joined", nothing)
    yield stand_in(monkeypatch)
    await turns()
    for urgent in (False, True):
        await async_redis(urgent=urgent).aclose()


def known(who):
    return [each.decode() for each in sync_redis().zrange(_key(who.visitor_id), 0, -1)]


async def until(condition):
    async with asyncio.timeout(3):
        while not condition():  # noqa: ASYNC110  Redis tells nobody
            await asyncio.sleep(0.01)


async def test_a_third_socket_closes_the_oldest_on_another_process(people, elsewhere):
    who = claims()
    await workers().renew(ELSEWHERE, FACTS)
    sync_redis().zadd(_key(who.visitor_id), {f"{ELSEWHERE}:7": 1.0})
    first, second = await people(who), await people(who)
    await until(lambda: elsewhere.of(Kind.CLOSE))
    [closed] = elsewhere.of(Kind.CLOSE)

    assert (closed.socket, passage.read_number(closed.payload)[0]) == (7, 4409)
    assert (first.close_code, second.close_code) == (None, None)


async def test_sockets_of_a_dead_process_do_not_count(people, elsewhere):
    who = claims()
    dead = {f"{'d' * 16}:{number}": 1.0 for number in (1, 2)}
    sync_redis().zadd(_key(who.visitor_id), dead)
    ana = await people(who)
    await until(lambda: len(known(who)) == 1)

    assert elsewhere.sent == []
    assert ana.close_code is None


async def test_who_goes_is_counted_no_more(people, elsewhere):
    who = claims()
    ana = await people(who)
    await until(lambda: known(who))
    [connection] = registry().of(who.visitor_id)
    assert known(who)[0].endswith(f":{connection.number}")
    await ana.end()

    await until(lambda: not known(who))


async def test_while_redis_is_away_the_own_bound_holds(people, elsewhere, monkeypatch):
    def away():
        raise RedisConnectionError

    monkeypatch.setattr("chat.visitor_sockets.async_redis", away)
    who = claims()
    first = await people(who)
    await people(who)
    await people(who)

    assert await first.closed() == 4409
