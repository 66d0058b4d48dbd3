"""Socket tickets of a site that is one process."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from typing_extensions import override

from chat.domain.policy import TICKET, TicketPolicy
from chat.socket_ticket_store import (
    Claims,
    SocketTickets,
    TooBusyError,
    digest,
    draw_ticket,
)
from common.errors import RateLimitedError
from common.ids import VisitorId
from common.ratelimit import Bucket, Rule, full, take


@dataclass(frozen=True, slots=True)
class _Issued:
    claims: Claims
    until: float


class _Paces:
    """One bucket a visitor, forgotten once it must be full again."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[VisitorId, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, visitor_id: VisitorId, now: float, rule: Rule) -> float:
        refilled = now - rule.capacity / rule.per_second
        while self._buckets and next(iter(self._buckets.values())).at < refilled:
            self._buckets.popitem(last=False)
        bucket = self._buckets.setdefault(visitor_id, full(rule, now))
        self._buckets.move_to_end(visitor_id)
        return take(bucket, now, rule)


class MemorySocketTickets(SocketTickets):
    """Unused tickets of this process; the lock is for the threads that issue."""

    def __init__(self, policy: TicketPolicy = TICKET) -> None:
        """Start with none."""
        self._policy = policy
        self._lock = threading.Lock()
        self._issued: OrderedDict[bytes, _Issued] = OrderedDict()
        self._fresh = _Paces()
        self._resuming = _Paces()

    @override
    def issue(self, claims: Claims, *, now: float, resuming: bool = False) -> str:
        ticket = draw_ticket()
        with self._lock:
            self._forget_old(now)
            if len(self._issued) >= self._policy.most:
                raise TooBusyError
            self._keep_pace(claims.visitor_id, now, resuming=resuming)
            until = now + self._policy.life_seconds
            self._issued[digest(ticket)] = _Issued(claims, until)
        return ticket

    @override
    async def redeem(self, ticket: str, *, now: float) -> Claims | None:
        with self._lock:
            issued = self._issued.pop(digest(ticket), None)
        return issued.claims if issued is not None and now <= issued.until else None

    @override
    def revoke(self, visitor_id: VisitorId) -> None:
        with self._lock:
            for key, issued in tuple(self._issued.items()):
                if issued.claims.visitor_id == visitor_id:
                    del self._issued[key]

    def _keep_pace(self, visitor_id: VisitorId, now: float, *, resuming: bool) -> None:
        policy = self._policy
        paces = self._resuming if resuming else self._fresh
        rule = policy.resume_pace if resuming else policy.pace
        wait = paces.take(visitor_id, now, rule)
        if wait:
            raise RateLimitedError(retry_after_seconds=wait)

    def _forget_old(self, now: float) -> None:
        """Drop what has expired; they are in order of time."""
        while self._issued and next(iter(self._issued.values())).until < now:
            self._issued.popitem(last=False)
