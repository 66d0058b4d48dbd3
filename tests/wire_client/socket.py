"""One WebSocket: everything that arrived, in order, and a way to wait for it."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
)
from websockets.typing import Origin, Subprotocol

from tests.wire_client.rest import Ticket

PROTOCOL = "ss.v1"
Frame = dict[str, Any]


class ClosedError(Exception):
    """The server closed the socket with `code`."""

    def __init__(self, code: int) -> None:
        """Keep the close code (1006 where there was none)."""
        super().__init__(str(code))
        self.code = code


class RefusedError(Exception):
    """The server refused the handshake with an HTTP status."""

    def __init__(self, status: int) -> None:
        """Keep the status."""
        super().__init__(str(status))
        self.status = status


class UnreachableError(Exception):
    """Nobody answered, or not as a WebSocket server does."""


@dataclass(slots=True)
class Socket:
    """A connected socket; `frames` and `binary` keep all that arrived."""

    connection: ClientConnection
    on_frame: Callable[[Frame], None]
    on_binary: Callable[[bytes], None]
    on_close: Callable[[], None]
    frames: list[Frame] = field(default_factory=list)
    binary: list[bytes] = field(default_factory=list)
    close_code: int | None = None
    _unread: list[Frame] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        protocols: list[str],
        on_frame: Callable[[Frame], None] = lambda _: None,
        on_binary: Callable[[bytes], None] = lambda _: None,
        on_close: Callable[[], None] = lambda: None,
        origin: str | None = None,
    ) -> "Socket":
        """Connect and start reading."""
        try:
            connection = await connect(
                url,
                subprotocols=[Subprotocol(each) for each in protocols],
                origin=None if origin is None else Origin(origin),
                compression=None,
                proxy=None,
                max_size=None,
                ping_interval=None,
            )
        except InvalidStatus as error:
            raise RefusedError(error.response.status_code) from None
        except (OSError, TimeoutError, EOFError, InvalidHandshake) as error:
            raise UnreachableError(repr(error)) from None
        socket = cls(connection, on_frame, on_binary, on_close)
        socket._reader = asyncio.create_task(socket._read())
        return socket

    async def send(self, frame: Frame) -> None:
        """Send a JSON frame."""
        await self.send_raw(json.dumps(frame))

    async def send_raw(self, raw: str | bytes) -> None:
        """Send a text or a binary WebSocket message as it is."""
        try:
            await self.connection.send(raw)
        except ConnectionClosed:
            raise ClosedError(await self.closed()) from None

    async def expect(self, *kinds: str, within: float = 5.0, **fields: object) -> Frame:
        """Take the first unread frame of these types whose fields have these values.

        Raises:
            TimeoutError: none came in `within` seconds.
            ClosedError: the socket was closed first.

        """
        async with asyncio.timeout(within), self._news:
            while True:
                for at, frame in enumerate(self._unread):
                    if frame["type"] in kinds and fields.items() <= frame.items():
                        return self._unread.pop(at)
                if self.close_code is not None:
                    raise ClosedError(self.close_code)
                await self._news.wait()

    async def until(self, true: Callable[[], bool], *, within: float = 5.0) -> None:
        """Wait until something that arriving messages change is true."""
        async with asyncio.timeout(within), self._news:
            while not true():
                if self.close_code is not None:
                    raise ClosedError(self.close_code)
                await self._news.wait()

    async def closed(self, *, within: float = 5.0) -> int:
        """Wait for the end of the socket; returns the close code."""
        async with asyncio.timeout(within), self._news:
            while self.close_code is None:
                await self._news.wait()
        return self.close_code

    async def close(self) -> None:
        """Leave properly, with 1000."""
        await self.connection.close()
        if self._reader is not None:
            await self._reader

    async def kill(self) -> None:
        """Tear the connection down as a dead network does: no close frame."""
        self.connection.transport.abort()
        if self._reader is not None:
            await self._reader

    async def wake(self) -> None:
        """Let those who wait look again."""
        async with self._news:
            self._news.notify_all()

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for raw in self.connection:
                if isinstance(raw, bytes):
                    self.binary.append(raw)
                    self.on_binary(raw)
                else:
                    self._keep(json.loads(raw))
                await self.wake()
        self.close_code = self.connection.close_code or 1006
        self.on_close()
        await self.wake()

    def _keep(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._unread.append(frame)
        self.on_frame(frame)


async def open_with(
    ticket: Ticket, *, origin: str | None = None, **hooks: Any
) -> Socket:
    """Open a socket with a ticket."""
    protocols = [PROTOCOL, f"ss.ticket.{ticket.value}"]
    return await Socket.open(ticket.url, protocols=protocols, origin=origin, **hooks)
