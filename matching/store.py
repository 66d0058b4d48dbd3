"""Where tickets wait: the one port of this app.

An adapter keeps tickets, marks of recent pairs and measured waits. All of them
pass the same contract tests. A pair is made by `claim` alone: the only place
where correctness depends on atomicity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.ids import PersonId, TicketId
from common.vocabulary import Mode
from matching.domain.ticket import Ticket
from matching.events import PairFound


class StoreUnreachableError(Exception):
    """The store did not answer; what was asked may or may not have happened."""


class DeposedError(Exception):
    """Who claims is not, or no longer, the one who may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What became of a claim."""

    taken: bool
    met_until: float | None = None
    """Refused because the two met lately, which counts until then."""


TAKEN = Claim(taken=True)
GONE = Claim(taken=False)
"""One of them does not wait any more, or nobody is there to hear of the pair."""


class TicketStore(Protocol):
    """Tickets, recent pairs and waits; times in seconds since 1970.

    Every method may raise `StoreUnreachableError`.
    """

    async def put(self, ticket: Ticket) -> None:
        """Let a ticket wait; an older attempt of the same id is replaced."""
        ...

    async def get(self, ticket_id: TicketId) -> Ticket | None:
        """Read a ticket that still waits."""
        ...

    async def withdraw(self, ticket_id: TicketId) -> bool:
        """Take a ticket out; `True` only if it was still waiting."""
        ...

    async def claim(self, pair: PairFound, *, mark: bytes, until: float) -> Claim:
        """Take both out if both still wait and did not meet lately.

        All at once: both leave, their mark counts until `until`, both waits are
        kept, and the process that owns `pair.first` publishes the pair. Or
        nothing of it.

        Raises:
            DeposedError: another process is the matcher now.

        """
        ...

    async def waiting(self, mode: Mode, *, other_than: PersonId | None) -> int:
        """Count the distinct persons who wait in a mode, one of them aside."""
        ...

    async def remember_pair(self, mark: bytes, *, now: float, until: float) -> None:
        """Let the mark of a pair count until a time."""
        ...

    async def waits(self, mode: Mode, *, after: float) -> Sequence[float]:
        """Read how long those waited who were paired since a time, in seconds."""
        ...
