"""The socket tickets of this site: in memory, or in Redis when it is many processes."""

from functools import cache

from chat.socket_ticket_store import Claims, SocketTickets
from chat.socket_ticket_store_memory import MemorySocketTickets
from chat.socket_ticket_store_redis import RedisSocketTickets
from common import redis

__all__ = ["Claims", "SocketTickets", "socket_tickets"]


@cache
def socket_tickets() -> SocketTickets:
    """Return the tickets of this process."""
    return RedisSocketTickets() if redis.configured() else MemorySocketTickets()
