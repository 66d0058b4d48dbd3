import asyncio

import pytest
from redis.exceptions import RedisError

from chat.conversation_store_redis import RedisConversationStore
from chat.conversation_stores import conversation_store
from chat.domain.policy import RECORD
from chat.domain.record import RecordError, with_home
from common.redis import async_redis
from tests.edge.chat.conversation_store_contract import (
    BRIEF,
    ConversationStoreContract,
)
from tests.unit.chat.records_of import HERE, THERE, ended, record


@pytest.fixture
async def store(redis_url):
    yield RedisConversationStore(RECORD)
    await async_redis().aclose()


class TestRedisConversationStore(ConversationStoreContract):
    @pytest.fixture
    def store(self, store):
        return store

    @pytest.fixture
    def brief(self, store):
        return RedisConversationStore(BRIEF)

    async def wait(self, seconds):
        await asyncio.sleep(seconds + 0.01)


async def kept_seconds(of):
    return await async_redis().pttl(f"ss:conversation:{of.id.hex()}") / 1000


async def test_redis_forgets_by_itself(store):
    await store.put(record())
    running = await kept_seconds(record())
    await store.end(ended(record()))
    over = await kept_seconds(record())

    assert running == pytest.approx(RECORD.running_seconds, abs=2)
    assert over == pytest.approx(RECORD.ended_seconds, abs=2)


async def test_two_processes_share_what_stands(store):
    other = RedisConversationStore(RECORD)
    await store.put(record())

    assert await other.take_over(with_home(record(), THERE), was_epoch=1)
    assert not await store.put(record())


async def test_a_restart_empties_it_and_homes_write_back(store, redis_server):
    await store.put(record(home=HERE, epoch=3))
    assert await store.age_seconds() == 0
    await asyncio.sleep(0.2)
    old = await store.age_seconds()
    await asyncio.to_thread(redis_server.restart)

    assert await store.get(record().id) is None
    assert not await store.take_over(record(home=THERE, epoch=4), was_epoch=3)
    assert await store.age_seconds() < old
    assert await store.put(record(home=HERE, epoch=3))
    assert await store.get(record().id) == record(home=HERE, epoch=3)


async def test_thousands_are_written_back_over_few_connections(store):
    records = [record(number) for number in range(3000)]

    assert all(await asyncio.gather(*map(store.put, records)))
    assert await asyncio.gather(*(store.get(each.id) for each in records)) == records
    assert len(await async_redis().client_list()) < 50


async def test_a_redis_that_is_away_is_an_error_and_soon(store, redis_server):
    redis_server.kill()
    try:
        async with asyncio.timeout(5):
            for call in (store.put(record()), store.age_seconds()):
                with pytest.raises(RedisError):
                    await call
    finally:
        redis_server.start()

    assert await store.put(record())


async def test_a_record_of_another_version_is_refused(store):
    await store.put(record())
    key = f"ss:conversation:{record().id.hex()}"
    await async_redis().hset(key, "text", b'{"version":2}')

    with pytest.raises(RecordError):
        await store.get(record().id)


def test_a_site_of_several_processes_shares_its_records(redis_url):
    conversation_store.cache_clear()

    assert isinstance(conversation_store(), RedisConversationStore)
    conversation_store.cache_clear()
