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
    for connection in registry().everyone():
        connection.close(CloseCode.MOVED)
    until = clock.monotonic() + CONVERSATION.resume_window_seconds
    while conversations() and clock.monotonic() < until:  # noqa: ASYNC110  rare
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    await asyncio.sleep(LAST_WORDS_SECONDS)
    await membership().leave()
