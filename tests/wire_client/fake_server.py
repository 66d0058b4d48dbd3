"""The other end of a client's sockets, on which a test plays server and partner."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.wire_client import records
from tests.wire_client.conversation import Conversation
from tests.wire_client.rehearsal import exchange, talk
from tests.wire_client.rest import Ticket, Visitor
from tests.wire_client.socket import PROTOCOL, Frame
from tests.wire_client.stamps import Stamp
from tests.wire_client.stranger import Stranger

LADDER = {"step": "text", "max": "text", "version": 1}
LIMITS = {"burst": 8, "per_second": 100, "unacked": 32}
NOW = 178_000_000


class FakeServer:
    """Keeps what arrives on every socket; answers nothing by itself but `hello`."""

    def __init__(self) -> None:
        """Start with nobody here."""
        self.frames: list[tuple[int, Frame]] = []
        self.records: list[tuple[int, int, bytes]] = []
        self.sockets: list[ServerConnection] = []
        self.tokens: list[str | None] = []
        self._server: Server | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        protocol = [Subprotocol(PROTOCOL)]
        self._server = await serve(
            self._serve, "127.0.0.1", 0, subprotocols=protocol, max_size=None
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every socket."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where sockets are opened."""
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}/ws/v1/"

    async def tell(self, kind: str, **fields: Any) -> None:
        """Send a JSON frame to the newest socket."""
        await self.sockets[-1].send(json.dumps({"type": kind} | fields))

    async def give(self, *parts: bytes) -> None:
        """Send records to the newest socket, in one binary message."""
        await self.sockets[-1].send(b"".join(parts))

    async def until(self, true: Callable[[], bool], *, within: float = 5.0) -> None:
        """Wait until something that arriving messages change is true."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(true)

    async def asked(self, kind: str, *, times: int = 1) -> Frame:
        """Wait until a type of frame has come so often; gives the last one."""
        await self.until(lambda: len(self.of(kind)) >= times)
        return self.of(kind)[times - 1]

    def of(self, kind: str) -> list[Frame]:
        """List the frames of a type that came on any socket."""
        return [frame for _, frame in self.frames if frame["type"] == kind]

    def messages(self, socket: int) -> list[int]:
        """List the numbers of the MESSAGEs that came on a socket, from 1."""
        return self._numbers(records.MESSAGE, socket)

    def acks(self, socket: int) -> list[int]:
        """List what was acknowledged on a socket, from 1."""
        return self._numbers(records.ACK, socket)

    def bodies(self, seq: int) -> set[bytes]:
        """Give what was sent under a number: (C, ct), whatever the slot."""
        return {
            body[10:]
            for _, kind, body in self.records
            if kind == records.MESSAGE and body[2:10] == seq.to_bytes(8, "big")
        }

    def _numbers(self, kind: int, socket: int) -> list[int]:
        return [
            int.from_bytes(body[2:10], "big")
            for at, found, body in self.records
            if (at, found) == (socket, kind)
        ]

    async def _serve(self, connection: ServerConnection) -> None:
        self.sockets.append(connection)
        own = len(self.sockets)
        await self.tell("hello", limits=LIMITS)
        try:
            async for raw in connection:
                if isinstance(raw, bytes):
                    self.records += [(own, *each) for each in records.split(raw)]
                else:
                    self.frames.append((own, json.loads(raw)))
                async with self._news:
                    self._news.notify_all()
        except ConnectionClosed:
            return


class FakeVisitor(Visitor):
    """Has a ticket for the fake server whenever one is asked for."""

    def __init__(self, server: FakeServer) -> None:
        """Belong to a server."""
        super().__init__("http://fake")
        self.fake = server

    async def ticket(self, *, resume_token: str | None = None) -> Ticket:
        """Give one, and note what for."""
        self.fake.tokens.append(resume_token)
        return Ticket(value="fake", url=self.fake.url, expires_in_seconds=30)


async def acquainted(server: FakeServer) -> tuple[Stranger, Conversation]:
    """Put a stranger past the handshake; the other side is the test's to play."""
    ana, bo = Stranger(FakeVisitor(server)), talk("B")
    await ana.connect()
    ana.conversation, ana.ladder = talk("A"), dict(LADDER)
    exchange(ana.conversation, bo)
    return ana, bo


def stamp(*, tb: int = NOW, rx_other: int = 0) -> Stamp:
    """Make a stamp as the relay would; a client cannot check its tag."""
    return Stamp(kid=1, tb=tb, rx_other=rx_other, flags=0, tag=bytes(32))


def numbered(slot: int, number: int) -> bytes:
    """Write what most records begin with."""
    return slot.to_bytes(2, "big") + number.to_bytes(8, "big")


def acked(number: int, *, slot: int = 1) -> bytes:
    """Write an ACKED record."""
    return records.record(records.ACKED, numbered(slot, number))


def stamped(seq: int, *, slot: int = 1, tb: int = NOW) -> bytes:
    """Write a STAMPED record."""
    body = numbered(slot, seq) + stamp(tb=tb).encode()
    return records.record(records.STAMPED, body)


def deliver(bo: Conversation, seq: int, *, slot: int = 1) -> bytes:
    """Write the DELIVER record of what the partner sealed."""
    sealed = bo.sealed[seq]
    body = numbered(slot, seq) + sealed.c + stamp().encode() + sealed.ct
    return records.record(records.DELIVER, body)


def resumed(
    *, slot: int = 2, accepted: int = 0, acked: int = 0, partner: str = "here"
) -> dict[str, Any]:
    """Write the fields of `conversation.resumed`."""
    place = {"slot": slot, "accepted": accepted, "acked": acked, "partner": partner}
    return {"conversation": talk("A").name, "ladder": LADDER, "route": {}} | place
