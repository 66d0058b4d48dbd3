"""Tickets in the memory of one process.

Calls from any thread: sockets run in the event loop, pages in worker threads.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from typing_extensions import override

from common.ids import PersonId, TicketId
from common.vocabulary import Mode
from matching.domain.policy import MatchPolicy
from matching.domain.ticket import Ticket
from matching.store import TicketStore


class MemoryTicketStore(TicketStore):
    """A dict of tickets under a lock; everything is gone with the process."""

    def __init__(self, policy: MatchPolicy) -> None:
        """Start empty; `policy` bounds how many waits are kept."""
        self._lock = threading.Lock()
        self._tickets: dict[TicketId, Ticket] = {}
        self._recent: OrderedDict[bytes, float] = OrderedDict()
        self._waits: dict[Mode, deque[tuple[float, float]]] = {
            mode: deque(maxlen=policy.waits_kept) for mode in Mode
        }

    @property
    @override
    def recent(self) -> Mapping[bytes, float]:
        return MappingProxyType(self._recent)

    @override
    async def put(self, ticket: Ticket) -> None:
        with self._lock:
            self._tickets[ticket.id] = ticket

    @override
    async def get(self, ticket_id: TicketId) -> Ticket | None:
        return self._tickets.get(ticket_id)

    @override
    async def withdraw(self, ticket_id: TicketId) -> bool:
        with self._lock:
            return self._tickets.pop(ticket_id, None) is not None

    @override
    async def claim(self, first: TicketId, second: TicketId) -> bool:
        with self._lock:
            if first == second or not {first, second} <= self._tickets.keys():
                return False
            del self._tickets[first], self._tickets[second]
            return True

    @override
    async def waiting(self, mode: Mode, *, other_than: PersonId | None) -> int:
        with self._lock:
            tickets = tuple(self._tickets.values())
        persons = {ticket.person for ticket in tickets if ticket.mode is mode}
        return len(persons - {other_than})

    @override
    async def remember_pair(self, mark: bytes, *, now: float, until: float) -> None:
        with self._lock:
            self._recent[mark] = until
            self._recent.move_to_end(mark)
            while self._recent and next(iter(self._recent.values())) <= now:
                self._recent.popitem(last=False)

    @override
    async def record_wait(self, mode: Mode, seconds: float, *, at: float) -> None:
        with self._lock:
            self._waits[mode].append((at, seconds))

    @override
    async def waits(self, mode: Mode, *, after: float) -> Sequence[float]:
        with self._lock:
            recorded = tuple(self._waits[mode])
        return [seconds for at, seconds in recorded if at >= after]
