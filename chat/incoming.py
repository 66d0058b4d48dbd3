"""What comes from one client: read, bounded, and sent to where it belongs."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from chat import keys
from chat.close_codes import CloseCode
from chat.connections import Connection
from chat.departure import dismiss
from chat.domain import records
from chat.domain.codes import Code, FrameRefusedError
from chat.domain.effects import EndReason
from chat.domain.inputs import Leave, Recorded
from chat.domain.policy import SOCKET
from chat.domain.resume_token import Place
from chat.lobby import lobby
from chat.protocol import client
from chat.protocol.client import Resume, Speak
from chat.protocol.server import Ended, Pong
from chat.resuming import Coming, leave_elsewhere, resume
from chat.standing import standing, sure
from common import clock
from common.ids import ConversationId

Rest = client.QueueJoin | client.QueueLeave | client.Again | Resume | client.Ping
logger = logging.getLogger(__name__)


async def take(connection: Connection, message: Mapping[str, Any]) -> None:
    """Take one WebSocket message (an ASGI `websocket.receive` event)."""
    if not sure():
        await standing().settled()
    if connection.gone:
        return
    connection.heard_at = clock.monotonic()
    data, text = message.get("bytes"), message.get("text")
    try:
        if data is not None:
            _take_records(connection, data)
        elif text is not None:
            await _take_frame(connection, text)
    except Exception as error:  # noqa: BLE001  one frame must not end the socket
        _report(error)
        connection.refuse(Code.INTERNAL)


def _take_records(connection: Connection, data: bytes) -> None:
    if len(data) > SOCKET.frame_bytes:
        dismiss(connection, CloseCode.TOO_LARGE)
        return
    try:
        parts = records.split(data)
    except FrameRefusedError as refusal:
        _count(connection)
        connection.refuse(refusal.code)
        return
    if not _count(connection, len(parts)):
        return
    try:
        said = [records.read(kind, body) for kind, body in parts]
    except FrameRefusedError:
        _take_one_by_one(connection, parts)
    else:
        _hear(connection, said, data)


def _take_one_by_one(connection: Connection, parts: list[tuple[int, bytes]]) -> None:
    """Take each record that can be read, and refuse each that cannot."""
    for kind, body in parts:
        try:
            said = records.read(kind, body)
        except FrameRefusedError as refusal:
            connection.refuse(refusal.code)
        else:
            _hear(connection, [said], records.record(kind, body))


def _hear(connection: Connection, said: Sequence[Recorded], frame: bytes) -> None:
    """Bring records to the conversation; without one they belong to an earlier one."""
    seat = connection.seat
    if seat is not None:
        seat.hear_records(said, frame)


async def _take_frame(connection: Connection, text: str) -> None:
    if _too_large(text):
        dismiss(connection, CloseCode.TOO_LARGE)
        return
    if not _count(connection):
        return
    ref = None
    try:
        envelope = client.unwrap(text)
        ref = envelope.ref
        frame = client.read(envelope)
    except FrameRefusedError as refusal:
        connection.refuse(refusal.code, ref=ref)
        return
    if isinstance(frame, Speak):
        await _speak(connection, frame, text, ref)
    else:
        await _route(connection, frame, ref)


async def _route(connection: Connection, frame: Rest, ref: str | None) -> None:
    match frame:
        case client.QueueJoin():
            await lobby().join(connection, frame, ref=ref)
        case client.QueueLeave():
            await lobby().leave(connection)
        case client.Again():
            await lobby().again(connection, frame.conversation)
        case Resume():
            await _resume(connection, frame, ref)
        case client.Ping():
            connection.tell(Pong(t=frame.t))
        case _:
            assert_never(frame)


async def _speak(
    connection: Connection, frame: Speak, text: str, ref: str | None
) -> None:
    """Say something in the socket's own conversation, and in no other."""
    seat = connection.seat
    if seat is not None and frame.conversation in {None, seat.conversation}:
        seat.hear_frame(frame.said, text, ref)
    elif not await _left_elsewhere(connection, frame, text):
        connection.refuse(
            Code.NOT_IN_CONVERSATION, ref=ref, conversation=frame.conversation
        )


async def _left_elsewhere(connection: Connection, frame: Speak, text: str) -> bool:
    """Leave a conversation of another socket of this visitor, by its token.

    Returns:
        Whether the frame is dealt with: so it is, too, when that conversation
        is over already, or was this socket's last one.

    """
    if not isinstance(frame.said, Leave):
        return False
    place = _own_place(connection, frame.conversation, frame.resume_token)
    if place is None:
        return frame.conversation == connection.last_conversation
    await leave_elsewhere(place, text, frame.said)
    return True


async def _resume(connection: Connection, frame: Resume, ref: str | None) -> None:
    """Take the client back, if the token is its visitor's."""
    if connection.seat is not None:
        connection.refuse(Code.ALREADY_IN_CONVERSATION, ref=ref)
        return
    place = _own_place(connection, frame.conversation, frame.resume_token)
    if place is None:
        expired = Ended(
            conversation=frame.conversation, reason=EndReason.EXPIRED, receipt=None
        )
        connection.tell(expired)
    else:
        await lobby().withdraw(connection)
        coming = Coming(connection=connection, place=place, received=frame.received)
        await resume(coming)


def _own_place(
    connection: Connection, conversation: ConversationId | None, token: bytes | None
) -> Place | None:
    """Read a resume token; it counts only for the visitor that it names."""
    place = keys.unseal_place(token) if token is not None else None
    if place is None or place.conversation != conversation:
        return None
    return place if place.visitor == connection.claims.visitor_id else None


def _count(connection: Connection, frames: int = 1) -> bool:
    """Count what came; says whether it may be looked at."""
    if not connection.limits.flooding(clock.monotonic(), frames=frames):
        return True
    dismiss(connection, CloseCode.TOO_MANY_FRAMES)
    return False


def _too_large(text: str) -> bool:
    most = SOCKET.frame_bytes
    return len(text) > most or (not text.isascii() and len(text.encode()) > most)


def _report(error: Exception) -> None:
    """Log what broke and where, and nothing that a client sent."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    logger.error(
        "a frame could not be handled: %s at %s:%s",
        type(error).__name__,
        where.filename,
        where.lineno,
    )
