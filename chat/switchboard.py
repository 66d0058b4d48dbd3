"""What other processes say about conversations, brought to where it belongs.

One function for each kind of passage. News about a socket or a conversation
that is not here (any more) is old news, and dropped; only who asks to resume is
told so.
"""

import logging
import traceback
from collections.abc import Callable, Mapping

from chat.close_codes import CloseCode
from chat.connections import Connection, registry
from chat.departure import dismiss
from chat.domain import passage, records
from chat.domain.inputs import Leave, Resumed
from chat.domain.passage import Kind, Passage
from chat.far import FarConnection
from chat.home_answers import home_answers
from chat.invitations import invitations, nobody_comes, uninvited
from chat.live import LiveConversation, conversations
from chat.lobby import lobby
from chat.protocol import client
from chat.protocol.client import Speak
from chat.relay import relay
from chat.seats import FarSeat, LocalSeat
from chat.standing import standing
from common.ids import TicketId, WorkerId
from trust.domain.franking import Role

logger = logging.getLogger(__name__)

Heed = Callable[[WorkerId, Passage], None]


def heed(worker: WorkerId, raw: bytes) -> None:
    """Take what another process sent; a failure costs this one passage."""
    try:
        said = passage.read(raw)
        _HEED[said.kind](worker, said)
    except Exception as error:  # noqa: BLE001  one passage must not end the relay
        _report(error)


# --- as the home -----------------------------------------------------------------


def _hear_text(worker: WorkerId, said: Passage) -> None:
    live, role = _side(worker, said)
    if live is None or role is None:
        return
    envelope = client.unwrap(said.payload.decode())
    frame = client.read(envelope)
    if isinstance(frame, Speak):
        live.hear(frame.said, by=role, ref=envelope.ref)


def _hear_record(worker: WorkerId, said: Passage) -> None:
    live, role = _side(worker, said)
    if live is None or role is None:
        return
    for kind, body in records.split(said.payload):
        live.hear(records.read(kind, body), by=role)


def _lost(worker: WorkerId, said: Passage) -> None:
    live, role = _side(worker, said)
    if live is not None and role is not None:
        live.lose(FarConnection(worker, said.socket, said.conversation, 0))


def _accept(worker: WorkerId, said: Passage) -> None:
    invitations().accepted(worker, said.socket, said.conversation, said.payload)


def _decline(_worker: WorkerId, said: Passage) -> None:
    invitations().declined(said.conversation)


def _resume(worker: WorkerId, said: Passage) -> None:
    place = passage.read_place(said.payload)
    live = conversations().get(said.conversation)
    if live is None or not standing().sure():
        _answer(worker, said, Kind.UNKNOWN)
    elif standing().draining and live.movable:
        _answer(worker, said, Kind.HAND_OVER, live.hand_over())
    else:
        role = Role(place.role)
        far = FarConnection(worker, said.socket, said.conversation, place.slot)
        far.sit(LocalSeat(live, role))  # an answer at once, also while recovering
        resumed = Resumed(slot=place.slot, received=place.received)
        live.resume(resumed, by=role, endpoint=far)


def _again(worker: WorkerId, said: Passage) -> None:
    slot, _ = passage.read_number(said.payload)
    far = FarConnection(worker, said.socket, said.conversation, slot)
    lobby().again_from_afar(far)


def _leave_for(_worker: WorkerId, said: Passage) -> None:
    live = conversations().get(said.conversation)
    frame = client.read(client.unwrap(said.payload[1:].decode()))
    if live is not None and isinstance(frame, Speak) and isinstance(frame.said, Leave):
        live.hear(frame.said, by=Role(said.payload[0]))


# --- as the socket's process -----------------------------------------------------


def _give_text(worker: WorkerId, said: Passage) -> None:
    connection = _seated(worker, said)
    if connection is not None:
        connection.give(said.payload.decode())


def _give_record(worker: WorkerId, said: Passage) -> None:
    connection = _seated(worker, said)
    if connection is not None:
        connection.give(said.payload)


def _refuse(worker: WorkerId, said: Passage) -> None:
    connection = _seated(worker, said)
    if connection is not None:
        connection.give_refusal(said.payload.decode())


def _let_go(worker: WorkerId, said: Passage) -> None:
    connection = _seated(worker, said)
    if connection is not None:
        connection.let_go(said.conversation)


def _close(_worker: WorkerId, said: Passage) -> None:
    code, _ = passage.read_number(said.payload)
    connection = registry().numbered(said.socket)
    if connection is not None:
        dismiss(connection, CloseCode(code))


def _invite(worker: WorkerId, said: Passage) -> None:
    ticket = TicketId(said.payload.decode())
    invitations().invited(worker, said.conversation, ticket)


def _nobody_comes(_worker: WorkerId, said: Passage) -> None:
    nobody_comes(TicketId(said.payload.decode()))


def _uninvite(_worker: WorkerId, said: Passage) -> None:
    connection = registry().numbered(said.socket)
    if connection is not None:
        uninvited(connection, said.conversation)


def _seat(worker: WorkerId, said: Passage) -> None:
    """Seat a socket for a reunion; one that was invited or resumes sits already."""
    connection = registry().numbered(said.socket)
    if _seated(worker, said) is not None:
        return
    free = connection is not None and connection.idle
    if connection is None or not free or connection.declined == said.conversation:
        _answer(worker, said, Kind.LOST)
        return
    connection.seat = FarSeat(worker, said.conversation, said.socket)
    lobby().leave_quietly(connection)


def _hand_over(worker: WorkerId, said: Passage) -> None:
    if _seat_there(worker, said) is not None:
        home_answers().handed_over(said.socket, said.payload)


def _unknown(worker: WorkerId, said: Passage) -> None:
    if _seat_there(worker, said) is not None:
        home_answers().unknown(said.socket)


_HEED: Mapping[Kind, Heed] = {
    Kind.HEAR_TEXT: _hear_text,
    Kind.HEAR_RECORD: _hear_record,
    Kind.LOST: _lost,
    Kind.ACCEPT: _accept,
    Kind.DECLINE: _decline,
    Kind.RESUME: _resume,
    Kind.AGAIN: _again,
    Kind.LEAVE_FOR: _leave_for,
    Kind.GIVE_TEXT: _give_text,
    Kind.GIVE_RECORD: _give_record,
    Kind.REFUSE: _refuse,
    Kind.LET_GO: _let_go,
    Kind.CLOSE: _close,
    Kind.INVITE: _invite,
    Kind.UNINVITE: _uninvite,
    Kind.NOBODY_COMES: _nobody_comes,
    Kind.SEAT: _seat,
    Kind.HAND_OVER: _hand_over,
    Kind.UNKNOWN: _unknown,
}


def _side(
    worker: WorkerId, said: Passage
) -> tuple[LiveConversation | None, Role | None]:
    """Find the conversation, and the side whose present socket this is."""
    live = conversations().get(said.conversation)
    return live, None if live is None else live.role_at(worker, said.socket)


def _seated(worker: WorkerId, said: Passage) -> Connection | None:
    """Find the socket, if it sits in that conversation at that home."""
    seat = _seat_there(worker, said)
    if seat is None:
        return None
    seat.invited = None
    home_answers().answered(said.socket)
    return registry().numbered(said.socket)


def _seat_there(worker: WorkerId, said: Passage) -> FarSeat | None:
    """Find the seat of a socket, if it is in that conversation at that home."""
    connection = registry().numbered(said.socket)
    seat = None if connection is None else connection.seat
    if not isinstance(seat, FarSeat) or seat.home != worker:
        return None
    return seat if seat.conversation == said.conversation else None


def _answer(worker: WorkerId, said: Passage, kind: Kind, payload: bytes = b"") -> None:
    relay().send(worker, passage.write(kind, said.socket, said.conversation, payload))


def _report(error: Exception) -> None:
    """Log what broke and where, and nothing that a client sent."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    logger.error(
        "news of another process could not be heeded: %s at %s:%s",
        type(error).__name__,
        where.filename,
        where.lineno,
    )
