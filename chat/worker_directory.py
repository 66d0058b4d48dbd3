"""Which adapter this process uses to know its workers."""

from functools import cache

from chat.workers import Workers
from chat.workers_memory import MemoryWorkers
from chat.workers_redis import RedisWorkers
from common.redis import configured


@cache
def workers() -> Workers:
    """Return the workers of this site: shared leases, or this process alone."""
    return RedisWorkers() if configured() else MemoryWorkers()
