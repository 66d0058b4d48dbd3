"""A ticket: one person's standing request to meet somebody.

What lives here: everything that matching knows about a person. What may not:
where the person sits (sockets are found by the ticket's id), and anything
fetched later: trust, priority and blocks ride along as plain data.
"""

from dataclasses import dataclass

from common.ids import PersonId, TicketId, VisitorId, WorkerId
from common.vocabulary import Band, Mode, Region, Strictness
from matching.domain.interests import Interest

SUITE_X25519 = 1
SUITE_P256 = 2
SUITES = frozenset({SUITE_X25519, SUITE_P256})
"""Encryption suites of the protocol, section 3; other numbers are ignored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One request; the defaults are those of a newcomer who names nothing.

    Attributes:
        id: fresh for every request.
        owner: the process whose socket waits; it hears of the pair.
        attempt: how often that process has offered this request; of two
            attempts only the newer counts.
        visitor: whose socket waits.
        person: who is behind the visitor.
        mode: what they want to do.
        since: when the wait began, seconds since 1970.
        interests: what they would like to talk about, best first.
        languages: BCP 47 tags they speak.
        region: where they say they are.
        regions: where partners must be; empty for anywhere.
        strictness: how much of what is named must be shared.
        band: earned trust, in five steps.
        trust: earned trust, 0 to 1000.
        priority_seconds: head start in waiting time.
        suites: encryption suites their client can use.
        blocked: persons they never meet.

    """

    id: TicketId
    owner: WorkerId
    visitor: VisitorId
    person: PersonId
    mode: Mode
    since: float
    interests: tuple[Interest, ...] = ()
    languages: tuple[str, ...] = ()
    region: Region | None = None
    regions: frozenset[Region] = frozenset()
    strictness: Strictness = Strictness.BALANCED
    band: Band = Band.NEW
    trust: int = 500
    priority_seconds: float = 0.0
    suites: frozenset[int] = SUITES
    blocked: frozenset[PersonId] = frozenset()
    attempt: int = 1
