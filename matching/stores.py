"""Which ticket store this process uses."""

from functools import cache

from common.redis import configured
from matching.domain.policy import POLICY
from matching.store import TicketStore
from matching.store_memory import MemoryTicketStore
from matching.store_redis import RedisTicketStore


@cache
def ticket_store() -> TicketStore:
    """Return the one store of this process."""
    return RedisTicketStore(POLICY) if configured() else MemoryTicketStore(POLICY)
