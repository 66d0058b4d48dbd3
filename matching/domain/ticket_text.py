"""A ticket as text, for stores that other processes read.

What lives here: the one text form of a ticket, written and read. What may not:
where the text is kept or sent.

How it works. One line of JSON with short names for what every ticket has, so
that a store's own scripts can pick out `id`, `mode`, `person` and `owner`.
Texts of another version are refused, never guessed at.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from common.ids import PersonId, TicketId, VisitorId, WorkerId
from common.vocabulary import Band, Mode, Region, Strictness
from matching.domain.interests import Interest
from matching.domain.ticket import Ticket

VERSION = 1
"""Counts up with every change, so that a rolling upgrade refuses old texts."""


class UnreadableTicketError(ValueError):
    """Not the text of a ticket, or not of this version."""


def write(ticket: Ticket) -> bytes:
    """Write a ticket as one line of JSON."""
    fields = {
        "v": VERSION,
        "id": ticket.id,
        "owner": ticket.owner,
        "attempt": ticket.attempt,
        "visitor": ticket.visitor.hex,
        "person": ticket.person.hex,
        "mode": ticket.mode,
        "since": ticket.since,
        "interests": [[one.key, one.spelling] for one in ticket.interests],
        "languages": ticket.languages,
        "region": ticket.region,
        "regions": sorted(ticket.regions),
        "strictness": ticket.strictness,
        "band": ticket.band,
        "trust": ticket.trust,
        "priority": ticket.priority_seconds,
        "suites": sorted(ticket.suites),
        "blocked": sorted(person.hex for person in ticket.blocked),
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def read(text: bytes) -> Ticket:
    """Read what `write` wrote.

    Raises:
        UnreadableTicketError: anything else.

    """
    try:
        fields = json.loads(text)
        if fields["v"] != VERSION:
            raise UnreadableTicketError(f"version {fields['v']!r}")
        return _ticket(fields)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableTicketError(type(error).__name__) from error


def _ticket(fields: Mapping[str, Any]) -> Ticket:
    region = fields["region"]
    return Ticket(
        id=TicketId(fields["id"]),
        owner=WorkerId(fields["owner"]),
        attempt=int(fields["attempt"]),
        visitor=VisitorId(UUID(hex=fields["visitor"])),
        person=PersonId(UUID(hex=fields["person"])),
        mode=Mode(fields["mode"]),
        since=float(fields["since"]),
        interests=tuple(Interest(key, spelt) for key, spelt in fields["interests"]),
        languages=tuple(fields["languages"]),
        region=None if region is None else Region(region),
        regions=frozenset(Region(one) for one in fields["regions"]),
        strictness=Strictness(fields["strictness"]),
        band=Band(fields["band"]),
        trust=int(fields["trust"]),
        priority_seconds=float(fields["priority"]),
        suites=frozenset(int(one) for one in fields["suites"]),
        blocked=frozenset(PersonId(UUID(hex=one)) for one in fields["blocked"]),
    )
