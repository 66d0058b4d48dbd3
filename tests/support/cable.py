"""A network cable between one browser and the site, which a test can pull."""

import asyncio
import threading
from typing import Literal, Self

State = Literal["whole", "pulled", "dead", "no sockets"]
CHUNK_BYTES = 65_536
WITHIN_SECONDS = 5
SOCKET_PATH = b"GET /ws/"


class Cable:
    """Forwards TCP from a port of its own to the site.

    `whole`: everything passes. `pulled`: connections break, and none can be made.
    `dead`: connections stand, and nothing passes. `no sockets`: what asks for a
    WebSocket is broken off, as some networks do.
    """

    def __init__(self, port: int) -> None:
        """Lay the cable to the site at `port`."""
        self._site = port
        self._state: State = "whole"
        self._writers: set[asyncio.StreamWriter] = set()
        self._laid = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()))
        self._thread.start()
        assert self._laid.wait(WITHIN_SECONDS)

    def __enter__(self) -> Self:
        """Use it for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the cable away."""
        self._become("pulled")
        self._loop.call_soon_threadsafe(self._taken.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """The address of the site at this end."""
        return f"http://127.0.0.1:{self.port}"

    def pull(self) -> None:
        """Break every connection, and let none be made."""
        self._become("pulled")

    def deaden(self) -> None:
        """Let every connection stand, and nothing pass."""
        self._become("dead")

    def block_sockets(self) -> None:
        """Let pages pass and WebSockets not."""
        self._become("no sockets")

    def mend(self) -> None:
        """Let everything pass that is sent from now on."""
        self._become("whole")

    def jerk(self) -> None:
        """Break every connection; the next ones stand."""
        self.pull()
        self.mend()

    def _become(self, state: State) -> None:
        asyncio.run_coroutine_threadsafe(self._change(state), self._loop).result(
            WITHIN_SECONDS
        )

    async def _change(self, state: State) -> None:
        self._state = state
        (self._passing.clear if state == "dead" else self._passing.set)()
        if state == "pulled":
            for writer in list(self._writers):
                writer.transport.abort()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._passing, self._taken = asyncio.Event(), asyncio.Event()
        self._passing.set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        self._laid.set()
        await self._taken.wait()
        server.close()

    async def _connected(
        self, here: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> None:
        self._writers.add(back)
        try:
            if self._state != "pulled":
                await self._forward(here, back)
        except OSError:
            pass  # one of the two ends is gone; so is the other, below
        finally:
            self._writers.discard(back)
            back.transport.abort()

    async def _forward(
        self, here: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> None:
        first = await here.read(CHUNK_BYTES)
        if self._state == "no sockets" and first.startswith(SOCKET_PATH):
            return
        there, onward = await asyncio.open_connection("127.0.0.1", self._site)
        self._writers.add(onward)
        try:
            onward.write(first)
            ways = [self._carry(here, onward), self._carry(there, back)]
            tasks = [asyncio.ensure_future(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        finally:
            self._writers.discard(onward)
            onward.transport.abort()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        while chunk := await source.read(CHUNK_BYTES):
            await self._passing.wait()
            sink.write(chunk)
            await sink.drain()
