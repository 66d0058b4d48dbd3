"""One connection to Redis, raw: bytes out, replies in, dialled again for ever.

A client library's queueing, locking and waiting per command cost more than the
bus itself (`bench/relay_bus.py`). Here commands are bytes that the caller has
packed, and each reply is handed to a callable. The greeting is sent whenever the
connection is new; the beat shows that a connection that looks open still is.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import hiredis
from redis.asyncio.connection import SSLConnection, parse_url
from typing_extensions import override

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.05
RETRY_AT_MOST_SECONDS = 0.5
"""Between two attempts; doubles while connections do not last."""

DIAL_SECONDS = 1.0
BEAT_SECONDS = 2.0
"""A connection on which nothing came between two beats is dead."""

BUFFER_BYTES = 64 * 1024
"""Read at once, into the same memory each time: asyncio's own protocol asks for
256 KiB anew, which costs more than the reading."""

UNSENT_BYTES = 16 * 1024 * 1024
"""Written and not taken by the kernel; what is written beyond is dropped."""


def command(*parts: str) -> bytes:
    """Pack one command in the Redis protocol (RESP 2)."""
    raw = [part.encode() for part in parts]
    strings = b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in raw)
    return b"*%d\r\n" % len(raw) + strings


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where Redis is, and what opens its door."""

    host: str
    port: int
    path: str | None
    tls: ssl.SSLContext | None
    login: bytes
    """The command that logs in, or nothing."""

    @classmethod
    def of(cls, url: str) -> "Address":
        """Read a `redis://`, `rediss://` or `unix://` address as redis-py does."""
        options: dict[str, Any] = dict(parse_url(url))
        secure = options.pop("connection_class", None) is SSLConnection
        names = (options.get("username"), options.get("password"))
        known = [name for name in names if name]
        return cls(
            host=options.get("host", "localhost"),
            port=options.get("port", 6379),
            path=options.get("path"),
            tls=SSLConnection(**options).ssl_context.get() if secure else None,
            login=command("AUTH", *known) if known else b"",
        )


class Line(asyncio.BufferedProtocol):
    """A connection that comes back: `start`, `write`, `stop`."""

    def __init__(
        self,
        address: Address,
        *,
        greeting: bytes,
        beat: bytes,
        heed: Callable[[Any], None],
    ) -> None:
        """Prepare; `heed` is given each reply that is not an error."""
        self._address = address
        self._greeting = address.login + greeting
        self._beat = beat
        self._heed = heed
        self._reader = hiredis.Reader()
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        self._transport: asyncio.Transport | None = None
        self._lost = asyncio.Event()
        self._heard = False
        self._complained = False
        self._stopping = False
        self.ready = asyncio.Event()
        """Set while Redis answers."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to dial, in a task of the running loop."""
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._keep(), name="chat.bus_line")

    async def stop(self) -> None:
        """Hang up, and dial no more."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._transport is not None:
            self._transport.abort()
            await self._lost.wait()

    def write(self, commands: bytes) -> None:
        """Send as soon as it can be sent; dropped without a connection or room."""
        if self._transport is None:
            return
        if self._transport.get_write_buffer_size() < UNSENT_BYTES:
            self._transport.write(commands)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, before anybody else can write."""
        self._transport = cast("asyncio.Transport", transport)
        self._reader = hiredis.Reader()
        self._lost.clear()
        self._transport.write(self._greeting)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let the task dial again."""
        self._transport = None
        self.ready.clear()
        if not self._stopping:
            self._complain("lost")
        self._lost.set()

    @override
    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the memory that the next bytes are read into."""
        return self._buffer

    @override
    def buffer_updated(self, nbytes: int) -> None:
        """Hand on each reply that is whole."""
        self._heard = True
        self._reader.feed(bytes(self._buffer[:nbytes]))
        try:
            while (reply := self._reader.gets()) is not False:
                self._take(reply)
        except hiredis.ProtocolError:
            self._hang_up("no Redis protocol")

    def _take(self, reply: Any) -> None:
        if isinstance(reply, hiredis.ReplyError):
            self._hang_up(str(reply).split(" ", 1)[0])
            return
        if not self.ready.is_set():
            self._answered()
        self._heed(reply)

    def _answered(self) -> None:
        self.ready.set()
        if self._complained:
            logger.info("Redis is back")
        self._complained = False

    async def _keep(self) -> None:
        pause = RETRY_SECONDS
        while True:
            await self._dial()
            lasted = await self._listen()
            pause = RETRY_SECONDS if lasted else min(2 * pause, RETRY_AT_MOST_SECONDS)
            await asyncio.sleep(pause)

    async def _dial(self) -> None:
        loop, to = asyncio.get_running_loop(), self._address
        try:
            async with asyncio.timeout(DIAL_SECONDS):
                if to.path is not None:
                    await loop.create_unix_connection(lambda: self, to.path)
                else:
                    await loop.create_connection(
                        lambda: self, to.host, to.port, ssl=to.tls
                    )
        except OSError as error:
            self._complain(type(error).__name__)

    async def _listen(self) -> bool:
        """Stay until the connection is lost; a silent one is given up.

        Says whether it lasted longer than one beat.
        """
        beats = 0
        while self._transport is not None:
            self._heard = False
            self.write(self._beat)
            beats += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._lost.wait()
            if not self._heard:
                self._hang_up("silent")
        return beats > 1

    def _hang_up(self, why: str) -> None:
        self._complain(why)
        if self._transport is not None:
            self._transport.abort()

    def _complain(self, why: str) -> None:
        """Say once that Redis is away, until it is back."""
        if not self._complained:
            self._complained = True
            logger.warning("No connection to Redis: %s", why)
