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
from redis.asyncio import Redis as AsyncRedis
from redis.maint_notifications import MaintNotificationsConfig

KEY_PREFIX = "ss:"
# Redis answers in well under a millisecond; a second means that it is gone.
TIMEOUT_SECONDS = 1.0
# redis-py raises at once beyond its pool; tasks of one loop share this many.
CONNECTIONS = 1000
# With these (on by default, for one vendor's clusters) the pool no longer notices
# that an idle connection was closed: each one fails once after a restart of Redis.
_NO_NOTICES = MaintNotificationsConfig(enabled=False)

_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncRedis] = WeakKeyDictionary()


def configured() -> bool:
    """Say whether this site shares its state with other processes."""
    return bool(settings.REDIS_URL)


def async_redis() -> AsyncRedis:
    """Return the client of the running event loop; replies are bytes."""
    loop = asyncio.get_running_loop()
    client = _of_loop.get(loop)
    if client is None:
        client = _of_loop[loop] = AsyncRedis.from_url(
            settings.REDIS_URL,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            max_connections=CONNECTIONS,
            maint_notifications_config=_NO_NOTICES,
        )
    return client


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
        max_connections=CONNECTIONS,
        maint_notifications_config=_NO_NOTICES,
    )
