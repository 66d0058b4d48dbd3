"""Batches over Redis pub/sub: one connection listens, one publishes.

Each process subscribes to a channel of its own name. What is published together
leaves in one write, and Redis is told not to answer, so that publishing costs no
reading. While Redis is away batches are dropped: the links
send them again.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from chat.bus import Deliver
from chat.bus_line import Address, Line, command
from chat.domain.link import NAME_BYTES
from common.ids import WorkerId
from common.redis import KEY_PREFIX

CHANNEL = f"{KEY_PREFIX}relay:"
READY_SECONDS = 1.0
"""So long `start` waits for Redis; later it connects all the same."""

# A PUBLISH up to the batch; names of processes are all of one length.
_PUBLISH = b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s%%b\r\n$%%d\r\n" % (
    len(CHANNEL) + 2 * NAME_BYTES,
    CHANNEL.encode(),
)
QUIET = command("CLIENT", "REPLY", "OFF")
# Its answer shows that Redis has read everything before it.
BEAT = command("CLIENT", "REPLY", "ON") + QUIET


class RedisBus:
    """The way of this process to and from all others."""

    def __init__(self, url: str, *, own: WorkerId) -> None:
        """Prepare to listen for batches to this name; `start` connects."""
        address = Address.of(url)
        self._deliver: Deliver | None = None
        self._listener = Line(
            address,
            greeting=command("SUBSCRIBE", f"{CHANNEL}{own}"),
            beat=command("PING"),
            heed=self._heed,
        )
        self._publisher = Line(
            address,
            # To nobody: its answer shows whether publishing is allowed.
            greeting=command("PUBLISH", CHANNEL, ""),
            beat=BEAT,
            heed=_ignore,
        )

    async def start(self, deliver: Deliver) -> None:
        """Connect; returns when subscribed, or after a second without Redis."""
        self._deliver = deliver
        self._listener.start()
        self._publisher.start()
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_SECONDS):
                await self._listener.ready.wait()
                await self._publisher.ready.wait()

    def publish(self, batches: Iterable[tuple[WorkerId, bytes]]) -> None:
        """Send each batch to its process, all in one write."""
        commands: list[bytes] = []
        for to, batch in batches:
            commands += (_PUBLISH % (to.encode(), len(batch)), batch, b"\r\n")
        self._publisher.write(b"".join(commands))

    async def stop(self) -> None:
        """Hang up; what the kernel has not taken is dropped."""
        self._deliver = None
        await self._listener.stop()
        await self._publisher.stop()

    def _heed(self, reply: Any) -> None:
        """Take what Redis pushes: `[kind, channel, content]`."""
        if reply[0] == b"message" and self._deliver is not None:
            self._deliver(reply[2])


def _ignore(reply: Any) -> None:
    """Take note of nothing: that Redis answers is all there is to know."""
