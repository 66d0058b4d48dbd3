"""An ear at a Redis channel that never stops listening.

It connects again by itself for as long as its task runs. What is published while
it is away is lost; those who use it have a way of their own to find that out.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from common.redis import without_timeout
from matching.cancellation import cancellation_kept
from matching.domain.policy import LEASES, LeasePolicy

logger = logging.getLogger(__name__)


class Listener:
    """Calls `heed` in the loop, with each message of a channel."""

    def __init__(
        self,
        channel: str,
        heed: Callable[[bytes], None],
        *,
        policy: LeasePolicy = LEASES,
    ) -> None:
        """Prepare; `run` does the work."""
        self._channel = channel
        self._heed = heed
        self._policy = policy
        self._listening = asyncio.Event()

    async def ready(self) -> bool:
        """Wait for the subscription, but not long; says whether it is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._policy.subscribe_seconds):
                await self._listening.wait()
        return self._listening.is_set()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                with cancellation_kept():
                    await self._connected()
            except (RedisError, OSError) as error:
                logger.warning("%s is away: %s", self._channel, type(error).__name__)
            finally:
                self._listening.clear()
            await asyncio.sleep(self._policy.hurry_seconds)

    async def _connected(self) -> None:
        # No retries inside the client: they would hide that something was lost.
        async with without_timeout() as client, _pubsub(client) as pubsub:
            await pubsub.subscribe(self._channel)
            await self._hear(pubsub)

    async def _hear(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=self._policy.quiet_seconds)
            if message is not None:
                asked = False
                self._take(message["type"], message["data"])
            elif asked:
                raise TimeoutError(self._channel)
            else:
                asked = True
                await pubsub.ping()

    def _take(self, kind: str, data: bytes) -> None:
        if kind == "subscribe":
            self._listening.set()
        elif kind == "message":
            try:
                self._heed(data)
            except Exception:
                logger.exception("what %s said was not heeded", self._channel)


def _pubsub(client: Redis) -> PubSub:
    client.set_retry(Retry(NoBackoff(), 0))
    return client.pubsub()
