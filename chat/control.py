"""News for every process that holds sockets, over the channel layer.

Rare and small: so far only that a visitor was erased. Each process listens in
one task of its event loop, whatever the number of its sockets.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from chat.close_codes import CloseCode
from chat.connections import registry
from chat.departure import dismiss, leave
from chat.socket_tickets import socket_tickets
from common.ids import VisitorId

GROUP = "chat.control"
JOIN_AGAIN_SECONDS = 3600.0
"""Layers forget a member after a day; joining again is free."""
PAUSE_AFTER_ERROR_SECONDS = 1.0

logger = logging.getLogger(__name__)
_listeners: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = (
    WeakKeyDictionary()
)


def announce_erased(visitor_id: VisitorId) -> None:
    """Tell every process, from a thread without an event loop."""
    socket_tickets().revoke(visitor_id)
    message = {"type": "visitor.erased", "visitor": visitor_id.hex}
    async_to_sync(_layer().group_send)(GROUP, message)


def ensure_listening() -> None:
    """Listen in this event loop, if nobody does yet."""
    loop = asyncio.get_running_loop()
    listener = _listeners.get(loop)
    if listener is None or listener.done():
        _listeners[loop] = loop.create_task(_listen(), name="chat.control")


async def _listen() -> None:
    """Read until the loop ends; a failing layer costs a pause."""
    while True:
        try:
            await _read_channel()
        except Exception as error:  # noqa: BLE001  whatever it is, it is joined again
            logger.warning("the control channel failed: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_AFTER_ERROR_SECONDS)


async def _read_channel() -> None:
    layer = _layer()
    channel: str = await layer.new_channel("chat.control.")
    while True:
        await layer.group_add(GROUP, channel)
        with suppress(TimeoutError):
            async with asyncio.timeout(JOIN_AGAIN_SECONDS):
                while True:
                    _heed(await layer.receive(channel))


def _heed(message: Mapping[str, Any]) -> None:
    """End what an erased visitor does, and close their sockets."""
    visitor_id = VisitorId(UUID(message["visitor"]))
    for connection in registry().of(visitor_id):
        seat = connection.seat
        if seat is not None:
            leave(seat)
        dismiss(connection, CloseCode.NO_TICKET)


def _layer() -> Any:
    """Return the configured layer; the stubs know only its abstract base."""
    return get_channel_layer()
