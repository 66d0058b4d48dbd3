"""Clients that come back on a newer socket."""

import struct
from types import SimpleNamespace

from chat.conversation_stores import conversation_store
from chat.domain.record import with_home
from chat.domain.resume_token import Place
from chat.keys import seal_place
from chat.live import conversations
from common import clock
from common.encoding import b64u_encode
from tests.edge.chat.conftest import KID
from tests.edge.chat.driver import claims, turns
from tests.edge.chat.elsewhere import ELSEWHERE
from tests.unit.chat.records_of import record
from trust.domain.franking import Role


async def come_back(people, lost, *, received=0, token=None):
    """Open a newer socket of the same visitor and resume on it."""
    back = await people(lost.claims)
    back.matched = dict(lost.matched)
    resume(back, lost, received=received, token=token)
    return back


def resume(socket, of, *, received=0, token=None):
    socket.send(
        "resume",
        conversation=of.conversation,
        resume_token=token or of.matched["resume_token"],
        received=received,
    )


async def resumed(back):
    answer = await back.expect("conversation.resumed")
    back.matched["slot"] = answer["slot"]
    return answer


def number(body):
    """Read slot and sequence number (or the next one) of a record."""
    return struct.unpack_from(">HQ", body)


async def moved_away(to=ELSEWHERE):
    """Let the one conversation of this process have its home elsewhere.

    Returns:
        What this process would have handed over.

    """
    [live] = conversations().values()
    await turns()  # its record is written
    raw = live.hand_over()
    theirs = with_home(live.record, to)
    assert await conversation_store().take_over(theirs, was_epoch=live.record.epoch)
    return raw


def recorded(number=1, **fields):
    """Make a record, and the two people whose sockets are gone."""
    who = {role: claims() for role in Role}
    visitors = {role: each.visitor_id for role, each in who.items()}
    fields = {"home": ELSEWHERE, "kid": KID, "started": clock.unix()} | fields
    about = record(number, visitors=visitors, **fields)
    return about, [_lost(about, role, each) for role, each in who.items()]


def _lost(about, role, who):
    place = Place(conversation=about.id, role=role, visitor=who.visitor_id)
    matched = {
        "conversation": b64u_encode(about.id),
        "resume_token": b64u_encode(seal_place(place)),
    }
    return SimpleNamespace(
        claims=who, matched=matched, conversation=matched["conversation"]
    )
