"""The way to Redis: one client for the threads, one for each event loop.

Every key of ours begins with `KEY_PREFIX`. Timeouts are finite, so that a Redis
that is gone is an error and never a hang; who blocks on purpose (a subscriber)
makes a client of its own with `without_timeout`.
"""

import asyncio
from functools import cache
from weakref import WeakKeyDictionary

from django.conf import settings
from redis import Redis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.maint_notifications import MaintNotificationsConfig

KEY_PREFIX = "ss:"
# Redis answers in well under a millisecond; a second means that it is gone.
TIMEOUT_SECONDS = 1.0
# Tasks wait for one of these. Without a bound, a thousand clients that come back
# at once (a process died) open a thousand connections, and most time out.
CONNECTIONS = 50
WAIT_SECONDS = 5.0
# With these (on by default, for one vendor's clusters) the pool no longer notices
# that an idle connection was closed: each one fails once after a restart of Redis.
_NO_NOTICES = MaintNotificationsConfig(enabled=False)

_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncRedis] = WeakKeyDictionary()
_urgent_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncRedis] = (
    WeakKeyDictionary()
)


def configured() -> bool:
    """Say whether this site shares its state with other processes."""
    return bool(settings.REDIS_URL)


def async_redis(*, urgent: bool = False) -> AsyncRedis:
    """Return the client of the running event loop; replies are bytes.

    Args:
        urgent: the other one, which never waits behind a herd: for leases.

    """
    loop = asyncio.get_running_loop()
    clients = _urgent_of_loop if urgent else _of_loop
    client = clients.get(loop)
    if client is None:
        client = clients[loop] = AsyncRedis(connection_pool=_pool())
    return client


def _pool() -> BlockingConnectionPool:
    return BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=CONNECTIONS,
        timeout=WAIT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        maint_notifications_config=_NO_NOTICES,
    )


def without_timeout() -> AsyncRedis:
    """Make a client that may wait for ever, for a subscriber; close it yourself."""
    return AsyncRedis.from_url(
        settings.REDIS_URL,
        socket_timeout=None,
        socket_connect_timeout=TIMEOUT_SECONDS,
        health_check_interval=0,
        maint_notifications_config=_NO_NOTICES,
    )


@cache
def sync_redis() -> Redis:
    """Return the client that threads share; replies are bytes."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        max_connections=1000,  # one for each thread that asks at once
        maint_notifications_config=_NO_NOTICES,
    )
