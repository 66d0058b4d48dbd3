"""Stopping without anybody noticing more than a moment's pause.

The process takes nothing new and tells its sockets to move (1012). Their clients
resume elsewhere, and the processes that take them ask this one, which gives each
conversation away whole. It stops when it holds none, or when whoever has not
moved by then has lost the right to.
"""

import asyncio

from chat.close_codes import CloseCode
from chat.connections import registry
from chat.domain.policy import CONVERSATION
from chat.live import conversations
from chat.membership import membership
from chat.standing import standing
from common import clock
from common.redis import configured

LOOK_AGAIN_SECONDS = 0.1
LAST_WORDS_SECONDS = 0.5
"""What was said last travels to the other processes."""


async def drain() -> None:
    """Give everything away; alone, only say goodbye: there is nobody to take it."""
    standing().draining = True
    if not configured():
        return
    for live in tuple(conversations().values()):
        for endpoint in live.endpoints:
            endpoint.close(CloseCode.MOVED)
    _send_away()
    until = clock.monotonic() + CONVERSATION.resume_window_seconds
    while conversations() and clock.monotonic() < until:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        _send_away()
    await asyncio.sleep(LAST_WORDS_SECONDS)
    await membership().leave()


def _send_away() -> None:
    """Close every socket, also one that was just being let in."""
    for connection in registry().everyone():
        connection.close(CloseCode.MOVED)
