"""The pool: who waits, whom they are paired with, when to look again.

What lives here: choosing the best partner for one ticket, and the times of the
next looks. What may not: claims and stores, the clock, who sits where. Whether
a pair is allowed and good enough is decided in `pairing`.

How it works. An arriving ticket is compared with everyone waiting in its mode;
of those that are allowed and acceptable the best ranked is taken at once. If
none is, the ticket waits and is looked at again while its bar falls. After its
last scheduled look every allowed partner is acceptable to it, so what still
waits then has met no allowed partner; newcomers compare themselves with it,
and it is looked at now and then for partners of the past.

A found pair has left the pool. The caller claims it; whoever could not be
claimed for is offered again. Cost of a look: linear in the waiting of a mode.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from common.ids import PersonId, TicketId
from common.vocabulary import Mode
from matching.domain.pairing import (
    Score,
    acceptable,
    conflict,
    score,
    waited_seconds,
)
from matching.domain.policy import MatchPolicy
from matching.domain.ticket import Ticket

_MOMENT_SECONDS = 1e-5
"""Times this near are one: sums of floats must not plan a look for right now."""

RecentlyMet = Callable[[PersonId, PersonId, float], bool]
"""Whether two persons met shortly before a time (seconds since 1970)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two tickets that leave the pool for each other."""

    first: Ticket
    second: Ticket
    score: Score


class Pool:
    """Everyone who waits; all times in seconds since 1970."""

    def __init__(self, *, policy: MatchPolicy, recently_met: RecentlyMet) -> None:
        """Start with nobody waiting."""
        self._policy = policy
        self._recently_met = recently_met
        self._waiting: dict[Mode, dict[TicketId, Ticket]] = {mode: {} for mode in Mode}
        self._entries: dict[TicketId, tuple[float, Ticket]] = {}
        self._looks: list[tuple[float, TicketId]] = []

    def __len__(self) -> int:
        """Count the waiting tickets."""
        return len(self._entries)

    def __contains__(self, ticket_id: TicketId) -> bool:
        """Say whether a ticket waits."""
        return ticket_id in self._entries

    def ids(self) -> frozenset[TicketId]:
        """Name the waiting tickets."""
        return frozenset(self._entries)

    def offer(self, ticket: Ticket, now: float) -> Pair | None:
        """Pair a ticket with the best one waiting, or let it wait.

        A ticket of the same id that waits is replaced.
        """
        self.withdraw(ticket.id)
        pair = self._best_pair(ticket, now)
        if pair is None:
            self.keep(ticket, now)
            return None
        self.withdraw(pair.second.id)
        return pair

    def keep(self, ticket: Ticket, now: float) -> None:
        """Let a ticket wait until its next look, without looking now."""
        self.withdraw(ticket.id)
        due = now + self._next_look_in(ticket, now)
        self._waiting[ticket.mode][ticket.id] = ticket
        self._entries[ticket.id] = (due, ticket)
        heapq.heappush(self._looks, (due, ticket.id))

    def withdraw(self, ticket_id: TicketId) -> bool:
        """Take a ticket out; says whether it was there."""
        entry = self._entries.pop(ticket_id, None)
        if entry is None:
            return False
        del self._waiting[entry[1].mode][ticket_id]
        return True

    def look(self, now: float) -> list[Pair]:
        """Look again at every ticket that is due, longest overdue first."""
        due = list(self._take_due(now))
        pairs = (self.offer(ticket, now) for ticket in due if ticket.id in self)
        return [pair for pair in pairs if pair is not None]

    def next_look(self) -> float | None:
        """Say when the next ticket is due; `None` while nobody waits."""
        self._drop_stale()
        return self._looks[0][0] if self._looks else None

    def _take_due(self, now: float) -> Iterator[Ticket]:
        while (due := self.next_look()) is not None and due <= now:
            _, ticket_id = heapq.heappop(self._looks)
            yield self._entries[ticket_id][1]

    def _drop_stale(self) -> None:
        """Drop planned looks whose ticket has left or was planned anew."""
        while self._looks:
            due, ticket_id = self._looks[0]
            entry = self._entries.get(ticket_id)
            if entry is not None and entry[0] == due:
                return
            heapq.heappop(self._looks)

    def _next_look_in(self, ticket: Ticket, now: float) -> float:
        waited = max(0.0, now - ticket.since)
        ahead = (step - waited for step in self._policy.looks_seconds)
        later = (seconds for seconds in ahead if seconds > _MOMENT_SECONDS)
        return next(later, self._policy.look_again_seconds)

    def _best_pair(self, ticket: Ticket, now: float) -> Pair | None:
        candidates = sorted(self._candidates(ticket, now), key=lambda one: one[:2])
        for _, _, pair in candidates:
            if not self._recently_met(ticket.person, pair.second.person, now):
                return pair
        return None

    def _candidates(
        self, ticket: Ticket, now: float
    ) -> Iterator[tuple[float, TicketId, Pair]]:
        """Yield allowed and acceptable pairs, the best ranked the lowest number."""
        policy = self._policy
        for other in self._waiting[ticket.mode].values():
            if conflict(ticket, other, recently_met=False, policy=policy):
                continue
            fit = score(ticket, other, policy=policy)
            if acceptable(fit, ticket, other, now=now, policy=policy):
                pair = Pair(first=ticket, second=other, score=fit)
                yield -self._rank(other, fit, now), other.id, pair

    def _rank(self, candidate: Ticket, fit: Score, now: float) -> float:
        waited = waited_seconds(candidate, now=now, policy=self._policy)
        bonus = waited * self._policy.waiting_bonus_per_second
        return fit.total + min(bonus, self._policy.waiting_bonus_max)
