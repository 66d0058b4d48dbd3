"""What waits to be sent to one client, bounded in bytes.

Frames leave in the order in which they were given. Binary records that wait
together leave as one binary message. How much a client leaves unread shows in
two places: a server program with back-pressure (uvicorn) lets `send` wait, and
the queue here grows until it is too long; daphne's own buffer is watched by
`strangerspace.websocket_daphne`. Either way the slow reader is closed with 1013
and its partner is not held up.

Waking a task costs as much as the frame that it wakes for. So what was given in
one turn of the event loop leaves at its end from a plain callback, for as long
as `send` has no need to wait. Where it has, the task takes over: it finishes the
call that waits, sends what came meanwhile, and steps back. It says goodbye, too.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from types import coroutine
from typing import Any

from chat.domain.policy import SocketPolicy

Send = Callable[[dict[str, Any]], Awaitable[None]]
_Steps = Generator[Any, Any, None]

GOODBYE_SECONDS = 2.0
"""So long a server that is stuck may take to accept the close frame."""


@coroutine
def _go_on(sending: _Steps, waits_for: object) -> Generator[object, None, None]:
    """Finish in a task what was begun outside of one and has to wait."""
    try:
        while True:
            yield waits_for
            waits_for = next(sending)
    except StopIteration:
        return
    finally:
        sending.close()


class Outgoing:
    """The way to one client: `start` it, `give` it frames, `close` it."""

    __slots__ = (
        "_abandoned",
        "_broken",
        "_bytes",
        "_code",
        "_flush_comes",
        "_frames",
        "_loop",
        "_policy",
        "_send",
        "_stuck",
        "_task_sends",
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
        self._abandoned = self._broken = False
        self._stuck: tuple[_Steps, object] | None = None
        """A call of `send` that the task is to finish, and what it waits for."""
        self._task_sends = self._flush_comes = False
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._writer = self._loop.create_task(self._run(), name="chat.outgoing")
        self._ask_for_flush()

    def give(self, frame: str | bytes) -> bool:
        """Queue JSON (in ASCII) or a record; says whether there was room.

        After a close nothing is taken, and that is no lack of room.
        """
        if self._code is not None:
            return True
        waiting = self._bytes + len(frame)
        if waiting > self._policy.unsent_bytes:
            return False
        self._frames.append(frame)
        self._bytes = waiting
        if not self._flush_comes:
            self._ask_for_flush()
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

    def _ask_for_flush(self) -> None:
        if self._loop is not None:
            self._flush_comes = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        """Send what waits, up to the first call of `send` that has to wait."""
        self._flush_comes = False
        while self._frames and not self._task_sends:
            sending = self._send(self._next()).__await__()
            try:
                self._stuck = sending, next(sending)
            except StopIteration:
                continue
            except Exception:  # noqa: BLE001  the server program takes no more; it will say so
                self._broken = True
            self._task_sends = True
            self._wake.set()

    async def _run(self) -> None:
        try:
            await self._pump()
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
        except Exception:  # noqa: BLE001  as above
            self._broken = True
        finally:
            if self._stuck is not None:
                self._stuck[0].close()
        if not self._broken:
            await self._say_goodbye()

    async def _pump(self) -> None:
        while not self._broken:
            await self._wake.wait()
            self._wake.clear()
            self._task_sends = True
            await self._send_all()
            if self._code is not None:
                return
            self._task_sends = self._broken

    async def _send_all(self) -> None:
        stuck, self._stuck = self._stuck, None
        if stuck is not None:
            await _go_on(*stuck)
        while self._frames and not self._broken:
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
        if not self._frames:
            return record
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
