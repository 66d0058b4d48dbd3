"""Tickets in the memory of one process.

Calls from any thread: sockets run in the event loop, pages in worker threads.
"""

import threading
from collections import Counter, deque
from collections.abc import Sequence

from typing_extensions import override

from common.events import publish
from common.ids import PersonId, TicketId
from common.vocabulary import Mode
from matching.domain.policy import MatchPolicy
from matching.domain.recent import RecentPairs
from matching.domain.ticket import Ticket
from matching.events import PairFound
from matching.store import GONE, TAKEN, Claim, TicketStore


class MemoryTicketStore(TicketStore):
    """A dict of tickets under a lock; everything is gone with the process."""

    def __init__(self, policy: MatchPolicy) -> None:
        """Start empty; `policy` bounds how many waits are kept."""
        self._lock = threading.Lock()
        self._tickets: dict[TicketId, Ticket] = {}
        # How many tickets each person has waiting: counted with every join.
        self._persons: dict[Mode, Counter[PersonId]] = {
            mode: Counter() for mode in Mode
        }
        self._recent = RecentPairs()
        self._waits: dict[Mode, deque[tuple[float, float]]] = {
            mode: deque(maxlen=policy.waits_kept) for mode in Mode
        }

    @override
    async def put(self, ticket: Ticket) -> None:
        with self._lock:
            self._take_out(ticket.id)
            self._tickets[ticket.id] = ticket
            self._persons[ticket.mode][ticket.person] += 1

    @override
    async def get(self, ticket_id: TicketId) -> Ticket | None:
        return self._tickets.get(ticket_id)

    @override
    async def withdraw(self, ticket_id: TicketId) -> bool:
        with self._lock:
            return self._take_out(ticket_id)

    @override
    async def claim(self, pair: PairFound, *, mark: bytes, until: float) -> Claim:
        claim = self._claim(pair, mark, until)
        if claim.taken:
            publish(pair)
        return claim

    @override
    async def waiting(self, mode: Mode, *, other_than: PersonId | None) -> int:
        with self._lock:
            persons = self._persons[mode]
            return len(persons) - (other_than in persons)

    @override
    async def remember_pair(self, mark: bytes, *, now: float, until: float) -> None:
        with self._lock:
            self._recent.remember(mark, now=now, until=until)

    @override
    async def waits(self, mode: Mode, *, after: float) -> Sequence[float]:
        with self._lock:
            recorded = tuple(self._waits[mode])
        return [seconds for at, seconds in recorded if at >= after]

    def _claim(self, pair: PairFound, mark: bytes, until: float) -> Claim:
        both = {pair.first.id, pair.second.id}
        with self._lock:
            if len(both) < 2 or not both <= self._tickets.keys():  # noqa: PLR2004  a pair
                return GONE
            met_until = self._recent.met_until(mark, pair.at)
            if met_until is not None:
                return Claim(taken=False, met_until=met_until)
            self._recent.remember(mark, now=pair.at, until=until)
            for ticket in (pair.first, pair.second):
                self._take_out(ticket.id)
                waited = max(0.0, pair.at - ticket.since)
                self._waits[ticket.mode].append((pair.at, waited))
            return TAKEN

    def _take_out(self, ticket_id: TicketId) -> bool:
        ticket = self._tickets.pop(ticket_id, None)
        if ticket is None:
            return False
        persons = self._persons[ticket.mode]
        persons[ticket.person] -= 1
        if not persons[ticket.person]:
            del persons[ticket.person]
        return True
