"""Tickets of named people, and any ticket at all."""

from uuid import UUID

from hypothesis import strategies as st

from common.ids import PersonId, TicketId, VisitorId, WorkerId
from common.vocabulary import Band, Mode, Region, Strictness
from matching.domain.interests import interests
from matching.domain.ticket import Ticket

HERE = WorkerId("0123456789abcdef")
LANGUAGES = ("en", "en-GB", "fr", "sw", "x-home")
INTERESTS = ("jazz", "Chess", "go", "tea")


def ticket(number=1, **fields):
    """Make a ticket of person `number`, who is nobody special."""
    base = {
        "id": TicketId(f"ticket-{number}"),
        "owner": HERE,
        "visitor": VisitorId(UUID(int=number)),
        "person": PersonId(UUID(int=1000 + number)),
        "mode": Mode.TEXT,
        "since": 0.0,
    }
    if "likes" in fields:
        base["interests"] = interests(fields.pop("likes"))
    return Ticket(**base | fields)


def _some(values, most=3):
    return st.lists(st.sampled_from(values), unique=True, max_size=most)


@st.composite
def any_ticket(draw, number=None, since=None):
    """Draw a ticket from a small world, where conflicts are common."""
    own = draw(st.integers(1, 8)) if number is None else number
    return ticket(
        own,
        person=PersonId(UUID(int=1000 + draw(st.integers(0, 8)))),
        mode=draw(st.sampled_from([Mode.TEXT, Mode.VIDEO])),
        since=draw(st.floats(0, 20)) if since is None else since,
        likes=draw(_some(INTERESTS)),
        languages=tuple(draw(_some(LANGUAGES))),
        region=draw(st.none() | st.sampled_from(Region)),
        regions=frozenset(draw(_some(list(Region)))),
        strictness=draw(st.sampled_from(Strictness)),
        band=draw(st.sampled_from(Band)),
        trust=draw(st.integers(0, 1000)),
        priority_seconds=draw(st.floats(0, 30)),
        suites=frozenset(draw(_some([1, 2, 3]))),
        blocked=frozenset(
            PersonId(UUID(int=1000 + one)) for one in draw(_some([1, 2, 3]))
        ),
    )
