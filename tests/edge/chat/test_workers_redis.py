import asyncio
import json

import pytest

from chat.domain.policy import LEASE, LeasePolicy
from chat.worker_directory import workers as of_this_process
from chat.workers_redis import RedisWorkers
from common.redis import async_redis
from tests.edge.chat.workers_contract import BUSY, IDLE, WorkersContract
from tests.unit.chat.records_of import HERE, THERE

BRIEF = LeasePolicy(lease_seconds=0.2)


@pytest.fixture
async def workers(redis_url):
    yield RedisWorkers()
    await async_redis().aclose()


class TestRedisWorkers(WorkersContract):
    @pytest.fixture
    def workers(self, workers):
        return workers


async def test_a_lease_runs_out(workers):
    brief = RedisWorkers(BRIEF)
    await brief.renew(HERE, BUSY)
    await workers.renew(THERE, IDLE)
    await asyncio.sleep(BRIEF.lease_seconds + 0.01)

    assert await workers.alive(HERE) is False
    assert (await workers.seconds_left({HERE, THERE})).keys() == {THERE}
    assert await workers.everyone() == {THERE: IDLE}
    assert await brief.renew(HERE, BUSY) is False


async def test_a_renewal_holds_it_for_its_whole_length(workers):
    await RedisWorkers(BRIEF).renew(HERE, IDLE)
    await workers.renew(HERE, IDLE)
    left = (await workers.seconds_left({HERE}))[HERE]

    assert LEASE.lease_seconds - 1 < left <= LEASE.lease_seconds


async def test_a_store_that_came_back_empty_knows_nobody(workers, redis_server):
    await workers.renew(HERE, IDLE)
    await asyncio.to_thread(redis_server.restart)

    assert await workers.alive(HERE) is False
    assert await workers.renew(HERE, IDLE) is False
    assert await workers.renew(HERE, IDLE) is True


async def test_who_died_long_ago_leaves_the_index(workers):
    await async_redis().zadd("ss:workers", {THERE: 1_000_000_000})
    await workers.renew(HERE, IDLE)

    assert await async_redis().zrange("ss:workers", 0, -1) == [HERE.encode()]


async def test_a_newer_version_may_say_more(workers):
    await workers.renew(HERE, BUSY)
    said = json.loads(await async_redis().get(f"ss:worker:{HERE}"))
    await async_redis().set(f"ss:worker:{HERE}", json.dumps(said | {"mood": "good"}))

    assert await workers.everyone() == {HERE: BUSY}


def test_the_processes_of_a_site_that_has_several_know_one_another(redis_url):
    of_this_process.cache_clear()

    assert isinstance(of_this_process(), RedisWorkers)
    of_this_process.cache_clear()
