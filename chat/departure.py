"""A socket goes: by itself, or because it has to.

Its partner learns at once that it is away, and its ticket leaves the queue;
nothing waits for the network to notice.
"""

import json

from chat.background import spawn
from chat.close_codes import CloseCode
from chat.connections import Connection, registry
from chat.domain.inputs import Leave, LeaveReason
from chat.lobby import lobby
from chat.seats import Seat
from common.encoding import b64u_encode


def dismiss(connection: Connection, code: CloseCode) -> None:
    """Let a socket go; a second time is ignored."""
    if connection.gone:
        return
    connection.gone = True
    registry().remove(connection)
    if code is CloseCode.TOO_SLOW:
        connection.outgoing.abandon(code)
    else:
        connection.outgoing.close(code)
    if connection.seat is not None:
        connection.seat.lose(connection)
        connection.seat = None
    if connection.waiting is not None:
        spawn(_leave_queue(connection), name="leaving the queue")


async def _leave_queue(connection: Connection) -> None:
    await lobby().withdraw(connection)


def leave(seat: Seat) -> None:
    """Leave as the client would, in whatever process the conversation is held."""
    name = b64u_encode(seat.conversation)
    frame = {"type": "conversation.leave", "conversation": name, "reason": "stop"}
    seat.hear_frame(Leave(reason=LeaveReason.STOP), json.dumps(frame), None)
