"""Tickets for sockets: each opens one, once, soon.

The REST API knows who calls; the WebSocket handshake of a browser can carry no
header of ours. So a ticket carries what the API learnt. Only its SHA-256 is
kept: whoever reads the store cannot use what is in it. Issued in worker
threads, redeemed in the event loop, perhaps of another process.
"""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from common.encoding import b64u_encode
from common.errors import PolicyRefusalError
from common.ids import AccountId, PersonId, VisitorId, random_bytes
from common.vocabulary import Mode

_TICKET_BYTES = 32


class TooBusyError(PolicyRefusalError):
    """So many tickets are unused that no more are issued."""

    code = "overloaded"
    status = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a socket knows of its visitor, for as long as it is open."""

    visitor_id: VisitorId
    person_id: PersonId
    account_id: AccountId | None
    modes: tuple[Mode, ...]
    from_browser: bool
    """Asked for with a cookie: the handshake must show a matching Origin."""
    known: bool = True
    """False when the database did not answer: good for resuming and no more,
    because person, account and modes could not be read."""


class SocketTickets(Protocol):
    """Where unused tickets are kept. Times are of the steady clock."""

    def issue(self, claims: Claims, *, now: float, resuming: bool = False) -> str:
        """Make a ticket for these claims; threads may call it, an event loop not.

        Args:
            claims: what the socket will know.
            now: seconds.
            resuming: the caller showed a place in a conversation; then the
                bound is one that no honest client meets.

        Raises:
            RateLimitedError: this visitor asked too often.
            TooBusyError: too many tickets are unused.

        """
        ...

    async def redeem(self, ticket: str, *, now: float) -> Claims | None:
        """Use a ticket up; `None` when it is unknown, used or too old."""
        ...

    def revoke(self, visitor_id: VisitorId) -> None:
        """Void what a visitor holds: they were erased. For threads, as `issue`."""
        ...


def draw_ticket() -> str:
    """Draw a ticket (256 random bits, 43 characters)."""
    return b64u_encode(random_bytes(_TICKET_BYTES))


def digest(ticket: str) -> bytes:
    """Return what is kept of a ticket, whatever characters a client sent."""
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
