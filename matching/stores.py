"""Which ticket store this process uses."""

from functools import cache

from matching.domain.policy import POLICY
from matching.store import TicketStore
from matching.store_memory import MemoryTicketStore


@cache
def ticket_store() -> TicketStore:
    """Return the one store of this process."""
    return MemoryTicketStore(POLICY)
