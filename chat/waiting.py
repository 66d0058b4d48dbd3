"""Someone who waits, or just did: their ticket, and the socket it came from."""

from dataclasses import dataclass

from chat.connections import Connection
from chat.far import FarConnection
from matching.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queue ticket with what matching must not know."""

    connection: Connection | FarConnection
    ticket: Ticket
    badges: tuple[str, ...]
    """What the partner will see, read when they joined."""
