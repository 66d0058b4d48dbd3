"""The ways to Redis, to a real one."""

import asyncio
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from common.redis import (
    KEY_PREFIX,
    TIMEOUT_SECONDS,
    async_redis,
    configured,
    sync_redis,
    without_timeout,
)

KEY = f"{KEY_PREFIX}test"


@contextmanager
def mute_redis():
    """Take connections, and never answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def mute(settings):
    """Let the settings name a Redis that never answers."""
    with mute_redis() as url:
        settings.REDIS_URL = url
        sync_redis.cache_clear()
        yield
    sync_redis.cache_clear()


@pytest.mark.parametrize(("url", "shared"), [("", False), ("redis://h/0", True)])
def test_a_site_shares_its_state_when_a_redis_is_named(settings, url, shared):
    settings.REDIS_URL = url

    assert configured() is shared


async def test_tasks_of_one_loop_share_a_client(redis_url):
    clients = await asyncio.gather(*(_client() for _ in range(5)))

    assert len({id(client) for client in clients}) == 1
    await async_redis().aclose()


async def _client():
    return async_redis()


def test_each_loop_has_a_client_of_its_own(redis_url):
    """Connections belong to the loop that opened them."""

    async def use():
        client = async_redis()
        await client.incr(KEY)
        await client.aclose()
        return client

    first, second = asyncio.run(use()), asyncio.run(use())

    assert first is not second
    assert sync_redis().get(KEY) == b"2"


async def test_both_clients_see_the_same_and_answer_bytes(redis_url):
    await async_redis().set(KEY, "väl")

    assert sync_redis().get(KEY) == await async_redis().get(KEY) == "väl".encode()
    await async_redis().aclose()


def test_threads_share_a_client(redis_url):
    seen = []
    threads = [
        threading.Thread(
            target=lambda: seen.append((sync_redis(), sync_redis().ping()))
        )
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [(sync_redis(), True)] * 5


async def test_many_tasks_of_a_loop_ask_at_once(redis_url):
    answers = await asyncio.gather(*(async_redis().incr(KEY) for _ in range(40)))

    assert sorted(answers) == list(range(1, 41))
    await async_redis().aclose()


async def test_an_idle_connection_that_was_closed_fails_nobody(redis_url):
    """As after a restart of Redis: the pool must notice by itself."""
    await asyncio.gather(*(async_redis().ping() for _ in range(5)))
    sync_redis().ping()
    sync_redis().client_kill_filter(_type="normal", skipme=True)
    await asyncio.sleep(0.05)

    assert await asyncio.gather(*(async_redis().ping() for _ in range(5))) == [True] * 5
    await async_redis().aclose()


async def test_a_redis_that_does_not_answer_is_an_error_and_no_hang(mute):
    began = time.monotonic()
    with pytest.raises(RedisTimeoutError):
        await async_redis().ping()

    assert time.monotonic() - began < 4 * TIMEOUT_SECONDS


def test_a_redis_that_does_not_answer_is_an_error_for_threads_too(mute):
    began = time.monotonic()
    with pytest.raises(RedisTimeoutError):
        sync_redis().ping()

    assert time.monotonic() - began < 4 * TIMEOUT_SECONDS


async def test_a_subscriber_waits_for_longer_than_the_timeout(redis_url):
    async with without_timeout() as client:
        waiting = asyncio.ensure_future(client.blpop([KEY], timeout=0))
        await asyncio.sleep(TIMEOUT_SECONDS + 0.3)

        assert not waiting.done()
        sync_redis().rpush(KEY, "late")
        assert await waiting == (KEY.encode(), b"late")


async def test_a_subscriber_still_learns_that_nobody_is_there(settings):
    with mute_redis() as url:
        gone = url
    settings.REDIS_URL = gone
    with pytest.raises(RedisError):
        async with without_timeout() as client:
            await client.ping()
