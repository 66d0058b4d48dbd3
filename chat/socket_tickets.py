"""Tickets for sockets: each opens one, once, soon.

The REST API knows who calls; the WebSocket handshake of a browser can carry no
header of ours. So a ticket carries what the API learnt. Only its SHA-256 is
kept: whoever reads this memory cannot use what is in it. Issued in worker
threads, redeemed in the event loop, hence the lock.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache

from chat.domain.policy import TICKET, TicketPolicy
from common.encoding import b64u_encode
from common.errors import PolicyRefusalError, RateLimitedError
from common.ids import AccountId, PersonId, VisitorId, random_bytes
from common.ratelimit import Bucket, full, take
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


@dataclass(frozen=True, slots=True)
class _Issued:
    claims: Claims
    until: float


class SocketTickets:
    """Unused tickets of this process; times of the steady clock."""

    def __init__(self, policy: TicketPolicy = TICKET) -> None:
        """Start with none."""
        self._policy = policy
        self._lock = threading.Lock()
        self._issued: OrderedDict[bytes, _Issued] = OrderedDict()
        self._pace: OrderedDict[VisitorId, Bucket] = OrderedDict()

    def issue(self, claims: Claims, *, now: float) -> str:
        """Make a ticket for these claims.

        Raises:
            RateLimitedError: this visitor asked too often.
            TooBusyError: too many tickets are unused.

        """
        ticket = b64u_encode(random_bytes(_TICKET_BYTES))
        with self._lock:
            self._forget_old(now)
            if len(self._issued) >= self._policy.most:
                raise TooBusyError
            self._take_pace(claims.visitor_id, now)
            until = now + self._policy.life_seconds
            self._issued[_digest(ticket)] = _Issued(claims, until)
        return ticket

    def redeem(self, ticket: str, *, now: float) -> Claims | None:
        """Use a ticket up; `None` when it is unknown, used or too old."""
        with self._lock:
            issued = self._issued.pop(_digest(ticket), None)
        return issued.claims if issued is not None and now <= issued.until else None

    def revoke(self, visitor_id: VisitorId) -> None:
        """Void what a visitor holds: they were erased."""
        with self._lock:
            for digest, issued in tuple(self._issued.items()):
                if issued.claims.visitor_id == visitor_id:
                    del self._issued[digest]

    def _take_pace(self, visitor_id: VisitorId, now: float) -> None:
        rule = self._policy.pace
        bucket = self._pace.setdefault(visitor_id, full(rule, now))
        self._pace.move_to_end(visitor_id)
        wait = take(bucket, now, rule)
        if wait:
            raise RateLimitedError(retry_after_seconds=wait)

    def _forget_old(self, now: float) -> None:
        """Drop what has expired; both are in order of time."""
        while self._issued and next(iter(self._issued.values())).until < now:
            self._issued.popitem(last=False)
        rule = self._policy.pace
        refilled = now - rule.capacity / rule.per_second
        while self._pace and next(iter(self._pace.values())).at < refilled:
            self._pace.popitem(last=False)


@cache
def socket_tickets() -> SocketTickets:
    """Return the tickets of this process."""
    return SocketTickets()


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
