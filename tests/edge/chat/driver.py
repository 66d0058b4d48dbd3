"""Clients without a network: they drive the real ASGI application in this loop.

What they send as keys, confirmations and ciphertexts is noise: to the server it
is nothing else.
"""

import asyncio
import json
from contextlib import suppress
from uuid import UUID

from chat.domain.records import split
from chat.socket_tickets import Claims, socket_tickets
from common import clock
from common.encoding import b64u_encode
from common.ids import new_visitor_id
from common.vocabulary import Mode

HOST = b"testserver.example"
PATIENCE = 3.0
NO_CALLS = bytes(32)


class GoneError(AssertionError):
    """The socket was closed while something was expected."""


async def turns(count=30):
    """Let everything that is ready run, however slow the machine is."""
    for _ in range(count):
        await asyncio.sleep(0)


def claims(visitor=None, *, person=None, from_browser=False, modes=tuple(Mode), **more):
    visitor = visitor or new_visitor_id()
    return Claims(
        visitor_id=visitor,
        person_id=person or UUID(bytes=visitor.bytes),
        account_id=more.get("account"),
        modes=modes,
        from_browser=from_browser,
    )


def ticket_for(who: Claims) -> str:
    return socket_tickets().issue(who, now=clock.monotonic())


class Socket:
    """One WebSocket as the server program would present it."""

    def __init__(self, *, subprotocols, headers=()):
        self.scope = {
            "type": "websocket",
            "path": "/ws/v1/",
            "query_string": b"",
            "headers": [(b"host", b"localhost:8000"), *headers],
            "subprotocols": list(subprotocols),
            "client": ["127.0.0.1", 50_000],
        }
        self.frames: list[dict] = []
        self.records: list[tuple[int, bytes]] = []
        self.close_code: int | None = None
        self.accepted: str | None = None
        self.refused = False
        self.writable = asyncio.Event()
        self.writable.set()
        self._read = 0
        self._in: asyncio.Queue = asyncio.Queue()
        self._news = asyncio.Event()
        self._app = None

    async def open(self):
        from strangerspace.asgi import application  # needs the collected files

        self._in.put_nowait({"type": "websocket.connect"})
        self._app = asyncio.create_task(
            application(self.scope, self._in.get, self._send)
        )
        await self.until(lambda: self.accepted is not None or self.refused)
        return self

    async def _send(self, message):
        await self.writable.wait()
        match message["type"]:
            case "websocket.accept":
                self.accepted = message.get("subprotocol") or ""
            case "websocket.close" if self.accepted is None:
                self.refused = True
            case "websocket.close":
                self.close_code = message["code"]
                self.hang_up(message["code"])
            case _ if message.get("text") is not None:
                self.frames.append(json.loads(message["text"]))
            case _:
                self.records += split(message["bytes"])
        self._news.set()

    def hang_up(self, code=1006):
        """Let the server program report the end of the connection."""
        self._in.put_nowait({"type": "websocket.disconnect", "code": code})

    def raw(self, data):
        kind = "text" if isinstance(data, str) else "bytes"
        self._in.put_nowait({"type": "websocket.receive", kind: data})

    def send(self, kind, **fields):
        self.raw(json.dumps({"type": kind, **fields}))

    async def until(self, condition, *, within=PATIENCE):
        async with asyncio.timeout(within):
            while not condition():
                self._news.clear()
                if condition():
                    return
                await self._news.wait()

    async def expect(self, kind, *, within=PATIENCE):
        """Wait for the next frame of a type; frames before it count as read."""
        found = None

        def arrived():
            nonlocal found
            for at in range(self._read, len(self.frames)):
                if self.frames[at]["type"] == kind:
                    found = at
                    return True
            if self.close_code is not None:
                raise GoneError(self.close_code)
            return False

        await self.until(arrived, within=within)
        self._read = found + 1
        return self.frames[found]

    async def closed(self, *, within=PATIENCE):
        await self.until(lambda: self.close_code is not None, within=within)
        return self.close_code

    async def settle(self):
        """Wait until everything sent before has been dealt with."""
        self.send("ping", t="settled")
        await self.expect("pong")
        await asyncio.sleep(0)

    def of_type(self, kind):
        return [frame for frame in self.frames if frame["type"] == kind]

    async def end(self):
        """Be gone, and let the application finish."""
        self.writable.set()
        self.hang_up(1001)
        if self._app is not None:
            async with asyncio.timeout(PATIENCE):
                with suppress(asyncio.CancelledError):
                    await self._app


class Stranger(Socket):
    """Someone with a socket, maybe in a conversation."""

    def __init__(self, who=None, *, ticket=None, headers=()):
        self.claims = who or claims()
        self.matched: dict = {}
        ticket = ticket or ticket_for(self.claims)
        super().__init__(subprotocols=["ss.v1", f"ss.ticket.{ticket}"], headers=headers)

    @property
    def conversation(self):
        return self.matched["conversation"]

    @property
    def slot(self):
        return self.matched["slot"]

    def join(self, mode="text", **ticket):
        self.send("queue.join", mode=mode, interests=[], languages=[], **ticket)

    def say(self, kind, **fields):
        """Send a frame about the present conversation."""
        self.send(kind, conversation=self.conversation, **fields)

    async def match(self):
        self.matched = await self.expect("conversation.matched")
        return self.matched

    def commit(self, byte=1):
        self.say("e2e.commit", commitment=b64u_encode(bytes([byte]) * 32))

    def reveal(self, fingerprint=b"\x07" * 32):
        self.say(
            "e2e.reveal",
            suites=b64u_encode(b"\x01\x02"),
            suite=1,
            public_key=b64u_encode(b"\x08" * 32),
            fingerprint=b64u_encode(fingerprint),
            random=b64u_encode(b"\x09" * 32),
        )

    def confirm(self):
        self.say("e2e.confirm", mac=b64u_encode(b"\x0a" * 32))

    async def shake_hands(self):
        """Do one's own half; the partner does the other at the same time."""
        self.commit()
        await self.expect("e2e.commit")
        self.reveal()
        await self.expect("e2e.reveal")
        self.confirm()
        await self.expect("e2e.confirm")

    def message(self, seq, *, commitment=b"\x55" * 32, ciphertext=b"\x66" * 144):
        self.raw(message_record(self.slot, seq, commitment, ciphertext))

    def acknowledge(self, next_seq):
        self.raw(ack_record(self.slot, next_seq))

    def taken(self, kind):
        """Bodies of the records of one type that arrived, in order."""
        return [body for number, body in self.records if number == kind]


def message_record(slot, seq, commitment=b"\x55" * 32, ciphertext=b"\x66" * 144):
    body = slot.to_bytes(2, "big") + seq.to_bytes(8, "big") + commitment + ciphertext
    return record(1, body)


def ack_record(slot, next_seq):
    return record(2, slot.to_bytes(2, "big") + next_seq.to_bytes(8, "big"))


def record(kind, body):
    return bytes([kind]) + len(body).to_bytes(2, "big") + body
