"""The socket: who may open it, its receive loop, and its end.

The loop is our own. Channels' dispatch hops through a worker thread and a
channel layer for every message, which costs tens of times the work of handing
a frame over; what is rare (someone was erased) comes through `chat.control`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings
from redis.exceptions import RedisError
from typing_extensions import override

from chat import incoming, visitor_sockets
from chat.close_codes import CloseCode
from chat.connections import Connection, registry
from chat.control import ensure_listening
from chat.departure import dismiss, leave
from chat.domain.policy import CONVERSATION, SOCKET
from chat.load import loop_lag, refusal
from chat.membership import ensure_joined
from chat.origin import origin_ours
from chat.outgoing import Outgoing, Send
from chat.protocol.server import Hello, Limits
from chat.protocol.writing import instant
from chat.socket_tickets import Claims, socket_tickets
from common import clock
from identity.configuration import policy as identity_policy

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Scope = Mapping[str, Any]

SUBPROTOCOL = "ss.v1"
TICKET_PREFIX = "ss.ticket."
LEAVING = frozenset({1000, 1001})
"""With these a client says that it goes for good; any other close is a loss."""


class StrangerConsumer(AsyncConsumer):
    """One WebSocket of one visitor."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]  # the stubs name ASGI's types differently
        """Serve a socket from the handshake to its end."""
        await receive()
        offered = scope["subprotocols"]
        admitted = await _admit(offered)
        if isinstance(admitted, CloseCode):
            await _turn_away(offered, send, admitted)
        elif admitted.from_browser and not origin_ours(scope["headers"]):
            await send({"type": "websocket.close"})
        else:
            await _serve(admitted, receive, send)


async def _admit(offered: list[str]) -> Claims | CloseCode:
    """Read who opens this socket, or say with what they are turned away."""
    busy = refusal()
    if busy is not None:
        return busy
    try:
        return await _redeem(offered) or CloseCode.NO_TICKET
    except RedisError:
        return CloseCode.TOO_SLOW


async def _serve(claims: Claims, receive: Receive, send: Send) -> None:
    connection = Connection(claims, Outgoing(send, policy=SOCKET), dismiss=dismiss)
    loop_lag().watch()
    _enter(connection)
    try:
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        connection.outgoing.start()
        ensure_listening()
        await ensure_joined()
        while await _turn(connection, await receive()):
            pass
    finally:
        visitor_sockets.left(connection)
        dismiss(connection, CloseCode.NORMAL)
        await connection.outgoing.stop()


def _enter(connection: Connection) -> None:
    """Greet first; whom this socket pushes out goes."""
    connection.tell(_hello(connection.claims))
    oldest = registry().add(connection)
    if oldest is not None:
        dismiss(oldest, CloseCode.TAKEN_OVER)
    visitor_sockets.entered(connection)


async def _turn(connection: Connection, message: Mapping[str, Any]) -> bool:
    """Take one event; says whether more will come.

    The event lives in this call alone: nothing of it is held while the loop
    waits for the next one.
    """
    if message["type"] == "websocket.disconnect":
        if message.get("code") in LEAVING and connection.seat is not None:
            leave(connection.seat)
        return False
    await incoming.take(connection, message)
    return True


async def _turn_away(offered: list[str], send: Send, code: CloseCode) -> None:
    """Accept and close: browsers can read a close code, and no refusal."""
    if SUBPROTOCOL in offered:
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
    else:
        await send({"type": "websocket.accept"})
        code = CloseCode.NOT_THIS_PROTOCOL
    await send({"type": "websocket.close", "code": code})


async def _redeem(subprotocols: list[str]) -> Claims | None:
    """Use up the ticket that came, if one socket of our protocol is asked for."""
    tickets = [each for each in subprotocols if each.startswith(TICKET_PREFIX)]
    if SUBPROTOCOL not in subprotocols or len(tickets) != 1:
        return None
    ticket = tickets[0].removeprefix(TICKET_PREFIX)
    return await socket_tickets().redeem(ticket, now=clock.monotonic())


def _hello(claims: Claims) -> Hello:
    return Hello(
        modes=claims.modes,
        limits=Limits(
            unacked=CONVERSATION.unacknowledged,
            burst=int(CONVERSATION.fresh.capacity),
            per_second=int(CONVERSATION.fresh.per_second),
            interests=identity_policy().interests,
            resume_window_seconds=int(CONVERSATION.resume_window_seconds),
            frame_bytes=SOCKET.frame_bytes,
        ),
        server_time=instant(clock.unix()),
        build=settings.BUILD,
        features=(),
    )
