"""Socket.IO by long polling: what the same conversation costs on the wire.

Each client keeps one GET open and sends with POST, on two connections that stay
open, with the headers that a browser sends. Bytes are counted above TCP, both
ways, as for WebSockets.
"""

import asyncio
import base64
import json
import os
from dataclasses import dataclass
from itertools import count

BODY_BYTES = 304
PACKETS = "\x1e"
HEADERS = (
    "Host: 127.0.0.1\r\nConnection: keep-alive\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n"
    "Accept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
    "Sec-Fetch-Dest: empty\r\nReferer: http://127.0.0.1/\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n"
)


@dataclass(slots=True)
class Wire:
    """What went over the wire so far, of all clients."""

    bytes: int = 0
    delivered: int = 0


class _Http:
    """One kept connection."""

    def __init__(self, port: int, wire: Wire) -> None:
        self._port = port
        self._wire = wire
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        self._from, self._to = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, method: str, path: str, body: str = "") -> str:
        raw = body.encode()
        extra = "Content-Type: text/plain;charset=UTF-8\r\n" if raw else ""
        length = f"Content-Length: {len(raw)}\r\n" if method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\n{HEADERS}{extra}{length}\r\n".encode()
        async with self._turn:
            self._to.write(head + raw)
            answer = await self._from.readuntil(b"\r\n\r\n")
            content = await self._from.readexactly(_length(answer))
        self._wire.bytes += len(head) + len(raw) + len(answer) + len(content)
        return content.decode()

    def close(self) -> None:
        self._to.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise ValueError("an answer without a length")


class _Client:
    """One side of a pair."""

    def __init__(self, port: int, wire: Wire, *, pair: int) -> None:
        self._get, self._post = _Http(port, wire), _Http(port, wire)
        self._wire = wire
        self._pair = pair
        self._base = "/socket.io/?EIO=4&transport=polling"
        self._received = self._acknowledged = 0
        self._numbers = count()
        self.joined = asyncio.Event()

    async def enter(self) -> None:
        await self._get.open()
        await self._post.open()
        opened = await self._get.ask("GET", self._base)
        self._base += f"&sid={json.loads(opened[1:])['sid']}"
        await self._post.ask("POST", self._base, "40")
        await self._post.ask("POST", self._base, f'420["join",{self._pair}]')

    async def listen(self) -> None:
        while True:
            for packet in (await self._get.ask("GET", self._base)).split(PACKETS):
                await self._take(packet)

    async def say(self) -> None:
        body = base64.b64encode(os.urandom(BODY_BYTES)).decode()
        seq = next(self._numbers)
        packets = [f'42{seq + 1}["message",{seq},"{body}"]']
        if self._received > self._acknowledged:
            self._acknowledged = self._received
            packets.insert(0, f'42["ack",{self._received}]')
        await self._post.ask("POST", self._base, PACKETS.join(packets))

    def close(self) -> None:
        self._get.close()
        self._post.close()

    async def _take(self, packet: str) -> None:
        if packet == "2":
            await self._post.ask("POST", self._base, "3")
        elif packet.startswith("430"):
            self.joined.set()
        elif packet.startswith('42["message"'):
            self._received += 1
            self._wire.delivered += 1


async def bytes_per_message(
    port: int, *, pairs: int = 10, messages: int = 10, pause_seconds: float = 1.0
) -> float:
    """Let pairs talk, a message a second each, and count.

    Returns:
        Bytes above TCP for each message delivered.

    """
    wire = Wire()
    clients = [_Client(port, wire, pair=number // 2) for number in range(2 * pairs)]
    for client in clients:
        await client.enter()
    listening = [asyncio.create_task(client.listen()) for client in clients]
    await asyncio.gather(*(client.joined.wait() for client in clients))
    await asyncio.sleep(0.2)
    wire.bytes = 0
    talking = (_talk(client, messages, pause_seconds) for client in clients)
    await asyncio.gather(*talking)
    await asyncio.sleep(0.5)
    spent = wire.bytes / wire.delivered
    for task in listening:
        task.cancel()
    for client in clients:
        client.close()
    if wire.delivered != 2 * pairs * messages:
        raise ValueError(f"only {wire.delivered} messages arrived")
    return spent


async def _talk(client: _Client, messages: int, pause_seconds: float) -> None:
    await asyncio.sleep(int.from_bytes(os.urandom(2)) / 65_536 * pause_seconds)
    for _ in range(messages):
        await client.say()
        await asyncio.sleep(pause_seconds)
