"""Where tickets wait: the one port of this app.

An adapter keeps tickets, marks of recent pairs and measured waits. All of them
pass the same contract tests. A pair is made by `claim` alone: the only place
where correctness depends on atomicity.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from common.ids import PersonId, TicketId
from common.vocabulary import Mode
from matching.domain.ticket import Ticket


class TicketStore(Protocol):
    """Tickets, recent pairs and waits; times in seconds since 1970."""

    @property
    def recent(self) -> Mapping[bytes, float]:
        """Marks of recent pairs and when each stops counting; may hold old ones."""
        ...

    async def put(self, ticket: Ticket) -> None:
        """Let a ticket wait; one of the same id is replaced."""
        ...

    async def get(self, ticket_id: TicketId) -> Ticket | None:
        """Read a ticket that still waits."""
        ...

    async def withdraw(self, ticket_id: TicketId) -> bool:
        """Take a ticket out; `True` only if it was still waiting."""
        ...

    async def claim(self, first: TicketId, second: TicketId) -> bool:
        """Take both out if both still wait; else change nothing."""
        ...

    async def waiting(self, mode: Mode, *, other_than: PersonId | None) -> int:
        """Count the distinct persons who wait in a mode, one of them aside."""
        ...

    async def remember_pair(self, mark: bytes, *, now: float, until: float) -> None:
        """Keep the mark of a pair until a time, and forget marks older than now."""
        ...

    async def record_wait(self, mode: Mode, seconds: float, *, at: float) -> None:
        """Keep how long a ticket waited before it was paired."""
        ...

    async def waits(self, mode: Mode, *, after: float) -> Sequence[float]:
        """Read the waits recorded since a time, in seconds."""
        ...
