"""A small TCP load balancer, and lines to it that can be cut.

It lives on an event loop in a thread of its own. Whoever connects is carried to
the next worker that is well: one that answers its health check and does not
drain. A worker that refuses a connection is left out at once, the next one
tried.

Each `Line` is an address of the balancer. Give a client one for itself, and its
way to the server can be cut, or held without a sign, without touching others.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

CHECK_SECONDS = 0.3
ANSWER_SECONDS = 1.0
"""A worker that does not answer its health check for so long is left out."""
CHUNK_BYTES = 65_536
CONTROL_SECONDS = 10
QUESTION = b"GET /healthz/open HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NobodyWellError(OSError):
    """No worker can take a connection."""


class Line:
    """One address of the balancer, for one client or for all."""

    def __init__(self, balancer: "Balancer", first: int | None) -> None:
        """Make it; the balancer opens it."""
        self._balancer = balancer
        self._first = first
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._cut = False
        self._carried: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The address that a client is given."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection of this line, and each new one, until `mend`."""
        self._balancer.control(self._break)

    def hold(self) -> None:
        """Let nothing through until `mend`, without telling either end."""
        self._balancer.control(self._flowing.clear)

    def mend(self) -> None:
        """Let everything through again."""
        self._balancer.control(self._let_through)

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._arrived, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more and end what is carried."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._carried):
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)

    def _break(self) -> None:
        self._cut = True
        for task in self._carried:
            task.cancel()

    def _let_through(self) -> None:
        self._cut = False
        self._flowing.set()

    def _arrived(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = self._keep(self._carry_whole((reader, writer)))
        # Called even if the task is cancelled before it has begun.
        task.add_done_callback(lambda _: writer.transport.abort())

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)
        return task

    async def _carry_whole(self, client: Streams) -> None:
        await self._flowing.wait()
        if self._cut:
            return
        try:
            worker = await self._balancer.connect(self._first)
        except NobodyWellError:
            return
        ways = {
            asyncio.ensure_future(self._carry(client[0], worker[1])),
            asyncio.ensure_future(self._carry(worker[0], client[1])),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            await _flushed(client[1])
        finally:
            worker[1].transport.abort()  # before anything that may be cancelled
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(CHUNK_BYTES):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()


class Balancer:
    """Lines to workers, in turn, leaving out those that are not well."""

    def __init__(self, ports: Sequence[int]) -> None:
        """Name the workers by their ports; `start` starts."""
        self._ports = tuple(ports)
        self._well: set[int] = set()
        self._turn = 0
        self._lines: list[Line] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Begin to look after the workers."""
        self._thread.start()
        self.control(lambda: self._loop.create_task(self._watch()))

    def stop(self) -> None:
        """Close every line."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def line(self, first: int | None = None) -> Line:
        """Open another address; as long as worker `first` is well, it leads there."""
        return self._run(self._open(first))

    def well(self) -> frozenset[int]:
        """Say which workers would be given a connection now."""
        return frozenset(self._well)

    def control(self, act: Callable[[], object]) -> None:
        """Do something on the balancer's loop and wait until it is done."""

        async def acted() -> None:
            act()

        self._run(acted())

    async def connect(self, first: int | None) -> Streams:
        """Open a connection to the next worker that takes one, `first` if it does.

        Raises:
            NobodyWellError: none does.

        """
        for port in (first, *self._in_turn()):
            if port in self._well:
                try:
                    return await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    self._well.discard(port)
        raise NobodyWellError(f"none of {self._ports} is well")

    def _in_turn(self) -> tuple[int, ...]:
        self._turn = (self._turn + 1) % len(self._ports)
        return self._ports[self._turn :] + self._ports[: self._turn]

    async def _open(self, first: int | None) -> Line:
        line = Line(self, first)
        await line.open()
        self._lines.append(line)
        return line

    async def _watch(self) -> None:
        while True:
            await asyncio.gather(*map(self._look, self._ports))
            await asyncio.sleep(CHECK_SECONDS)

    async def _look(self, port: int) -> None:
        if await _is_well(port):
            self._well.add(port)
        else:
            self._well.discard(port)

    async def _end(self) -> None:
        await asyncio.gather(*(line.close() for line in self._lines))
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(CONTROL_SECONDS)


async def _is_well(port: int) -> bool:
    """Ask a worker whether people may be sent to it."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(QUESTION)
                answer = await reader.read()
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in answer.partition(b"\r\n")[0]


async def _flushed(writer: asyncio.StreamWriter) -> None:
    """Send what is left, so that the last words of a worker arrive."""
    writer.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            await writer.wait_closed()
