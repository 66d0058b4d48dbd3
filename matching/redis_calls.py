"""One way to ask Redis: bounded in time and number, with one error of our own."""

from asyncio import Semaphore, timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.exceptions import RedisError

from common.redis import async_redis
from matching.cancellation import cancellation_kept
from matching.per_loop import PerLoop
from matching.store import StoreUnreachableError

_AT_ONCE = 32
"""Each takes a connection of those that the loop shares (`common.redis`), and Redis
answers one by one: more gain nothing."""

_turns = PerLoop(lambda: Semaphore(_AT_ONCE))


@asynccontextmanager
async def reached(*, seconds: float) -> AsyncIterator[None]:
    """Ask within a time; whatever goes wrong is a `StoreUnreachableError`."""
    try:
        with cancellation_kept():
            async with timeout(seconds), _turns.get():
                yield
    except (RedisError, OSError) as error:  # a TimeoutError is an OSError
        raise StoreUnreachableError(type(error).__name__) from error


async def run(script: str, *arguments: bytes | str | float, seconds: float) -> Any:
    """Run a script of `redis_scripts`.

    Raises:
        StoreUnreachableError: no answer in time; it may have run nevertheless.

    """
    async with reached(seconds=seconds):
        return await async_redis().register_script(script)(args=arguments)
