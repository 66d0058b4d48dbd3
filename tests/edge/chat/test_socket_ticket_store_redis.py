"""Socket tickets in a real Redis."""

import asyncio

import pytest
from redis.exceptions import RedisError

from chat.socket_ticket_store_redis import RedisSocketTickets
from common.redis import async_redis, sync_redis
from tests.edge.chat.driver import claims
from tests.edge.chat.socket_ticket_contract import POLICY, SocketTicketContract


class TestRedisSocketTickets(SocketTicketContract):
    @pytest.fixture
    async def store(self, redis_url):
        yield RedisSocketTickets(POLICY)
        await async_redis().aclose()

    async def test_another_process_may_redeem_it(self, store):
        who = claims()
        ticket = self.issue(store, who)

        assert await self.redeem(RedisSocketTickets(POLICY), ticket) == who

    async def test_only_digests_are_kept_under_our_prefix(self, store):
        ticket = self.issue(store, claims()).encode()
        keys = sync_redis().keys()

        assert all(key.startswith(b"ss:") for key in keys)
        assert not [key for key in keys if ticket in key]

    async def test_what_is_over_is_forgotten(self, store):
        self.issue(store, claims())
        await asyncio.sleep(1.6)  # until the bucket is full

        assert sync_redis().keys() == []

    async def test_a_restarted_redis_knows_no_ticket_and_makes_new_ones(
        self, store, redis_server
    ):
        lost = self.issue(store, claims())
        redis_server.restart()

        assert await self.redeem(store, lost) is None
        assert await self.redeem(store, self.issue(store, claims()))

    async def test_without_redis_it_fails_and_does_not_hang(self, store, redis_server):
        redis_server.kill()
        try:
            with pytest.raises(RedisError):
                self.issue(store, claims())
            with pytest.raises(RedisError):
                async with asyncio.timeout(5):
                    await self.redeem(store, "x")
        finally:
            redis_server.start()
