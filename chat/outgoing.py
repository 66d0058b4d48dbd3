"""What waits to be sent to one client, bounded in bytes.

Frames leave in the order in which they were given. Binary records that wait
together leave as one binary message. How much a client leaves unread shows in
two places: a server program with back-pressure (uvicorn) lets `send` wait, and
the queue here grows until it is too long; daphne's own buffer is watched by
`strangerspace.websocket`. Either way the slow reader is closed with 1013 and
its partner is not held up.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from chat.domain.policy import SocketPolicy

Send = Callable[[dict[str, Any]], Awaitable[None]]

GOODBYE_SECONDS = 2.0
"""So long a server that is stuck may take to accept the close frame."""


class Outgoing:
    """The way to one client: `start` it, `give` it frames, `close` it."""

    __slots__ = (
        "_abandoned",
        "_bytes",
        "_code",
        "_frames",
        "_policy",
        "_send",
        "_wake",
        "_writer",
    )

    def __init__(self, send: Send, *, policy: SocketPolicy) -> None:
        """Prepare to send through the ASGI callable of a socket."""
        self._send = send
        self._policy = policy
        self._frames: deque[str | bytes] = deque()
        self._bytes = 0
        self._code: int | None = None
        self._abandoned = False
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send, in a task of the running loop."""
        loop = asyncio.get_running_loop()
        self._writer = loop.create_task(self._run(), name="chat.outgoing")

    def give(self, frame: str | bytes) -> bool:
        """Queue JSON (in ASCII) or a record; says whether there was room.

        After a close nothing is taken, and that is no lack of room.
        """
        if self._code is not None:
            return True
        if self._bytes + len(frame) > self._policy.unsent_bytes:
            return False
        self._frames.append(frame)
        self._bytes += len(frame)
        self._wake.set()
        return True

    def close(self, code: int) -> None:
        """Close once everything given before has left; the first code counts."""
        if self._code is None:
            self._code = code
            self._wake.set()

    def abandon(self, code: int) -> None:
        """Close without what waits: the client does not read it anyway."""
        self._frames.clear()
        self._abandoned = True
        self.close(code)
        if self._writer is not None:
            self._writer.cancel()

    async def stop(self) -> None:
        """End the task: the socket is gone."""
        self._frames.clear()
        self._abandoned = False
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer

    async def _run(self) -> None:
        try:
            await self._pump()
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
        except Exception:  # noqa: BLE001  the server program takes no more; it will say so
            return
        await self._say_goodbye()

    async def _pump(self) -> None:
        while self._frames or self._code is None:
            await self._wake.wait()
            self._wake.clear()
            while self._frames:
                await self._send(self._next())

    async def _say_goodbye(self) -> None:
        with suppress(Exception):  # it may be closed already
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._send({"type": "websocket.close", "code": self._code})

    def _next(self) -> dict[str, Any]:
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        if isinstance(frame, str):
            return {"type": "websocket.send", "text": frame}
        return {"type": "websocket.send", "bytes": self._with_riders(frame)}

    def _with_riders(self, record: bytes) -> bytes:
        """Let the records that wait behind this one ride along."""
        together = [record]
        room = self._policy.frame_bytes - len(record)
        while self._frames and isinstance(rider := self._frames[0], bytes):
            room -= len(rider)
            if room < 0:
                break
            self._frames.popleft()
            self._bytes -= len(rider)
            together.append(rider)
        return b"".join(together)
