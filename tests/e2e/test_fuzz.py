"""Whatever is sent to the socket, the server stays up and others are not disturbed."""

import asyncio
import itertools
import os
import secrets
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.support import server as servers
from tests.support.fuzz import frames
from tests.support.server import Server
from tests.support.wire_loop import wire_loop
from tests.wire_client.rest import Visitor
from tests.wire_client.stranger import Stranger

FRAMES, MANY_FRAMES = 20_000, 1_000_000
A_SOCKET = 80
"""Frames sent on one socket; most are closed earlier, for the twentieth bad one."""
SOCKETS_A_VISITOR = 8
ATTACKERS = 6
GROWTH = 1.1
PATIENCE_SECONDS = 2.0
"""How long an honest message may take while the server is under attack."""
FRAGMENT = "fuzzed-content-must-not-be-logged"


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Server]:
    """A server of its own: what is measured is its memory."""
    server = servers.start(tmp_path)
    yield server
    server.stop()


def resident_bytes(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    [line] = [each for each in status.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


class Attack:
    """Many sockets that send what the generator makes, until it was enough."""

    def __init__(self, server: Server, *, seed: int, total: int) -> None:
        self._server = server
        self._frames = frames(seed)
        self._total = total
        self.sent = 0
        self.sockets = 0
        self.memory: list[int] = []

    async def run(self) -> None:
        await asyncio.gather(*(self._attacker() for _ in range(ATTACKERS)))

    async def _attacker(self) -> None:
        while self.sent < self._total:
            visitor = await Visitor.begin(self._server.url)
            await visitor.state_age()
            for _ in range(SOCKETS_A_VISITOR):
                await self._one_socket(visitor)

    async def _one_socket(self, visitor: Visitor) -> None:
        ticket = await visitor.ticket()
        self.sockets += 1
        try:
            async with (
                connect(
                    ticket.url,
                    subprotocols=["ss.v1", f"ss.ticket.{ticket.value}"],
                    compression=None,
                    proxy=None,
                    max_size=None,
                    close_timeout=1,
                ) as socket,
                asyncio.TaskGroup() as group,
            ):
                group.create_task(_drain(socket))
                for frame in itertools.islice(self._frames, A_SOCKET):
                    await socket.send(_encodable(frame))
                    self._count()
                await socket.send(f'{{"type":"{FRAGMENT}"}}')
                await socket.close()

        except* (ConnectionClosed, InvalidHandshake, OSError):
            pass

    def _count(self) -> None:
        self.sent += 1
        if self.sent % max(1, self._total // 10) == 0:
            self.memory.append(resident_bytes(self._server))


async def _drain(socket: ClientConnection) -> None:
    """Read what comes: a client that does not is closed for that alone."""
    async for _ in socket:
        pass


def _encodable(frame: str | bytes) -> str | bytes:
    """Lone surrogates travel as JSON escapes; raw ones are no UTF-8 at all."""
    if isinstance(frame, str):
        return frame.encode("utf-8", "replace").decode()
    return frame


async def talk_on(server: Server, stop: asyncio.Event) -> list[float]:
    """Let two honest people talk; returns how long each message took."""
    ana = await Stranger.arrive(server.url)
    bo = await Stranger.arrive(server.url)
    topic = secrets.token_hex(6)
    wish = {"interests": [topic], "strictness": "strict"}
    await asyncio.gather(ana.meet(**wish), bo.meet(**wish))
    took = []
    while not stop.is_set():
        began = time.monotonic()
        said = await ana.say(f"honest {len(took)}")
        heard = await bo.hear(within=30)
        assert heard.text == f"honest {len(took)}"
        took.append(time.monotonic() - began)
        await ana.acknowledged(said, within=30)
        await asyncio.sleep(0.5)
    assert (await ana.leave("stop"))["reason"] == "left"
    return took


async def survive(server: Server, *, seed: int, total: int) -> Attack:
    stop = asyncio.Event()
    attack = Attack(server, seed=seed, total=total)
    honest = asyncio.create_task(talk_on(server, stop))
    try:
        await attack.run()
    finally:
        stop.set()
    took = await honest
    assert server.process.poll() is None
    assert server.answers()
    assert statistics.median(took) < PATIENCE_SECONDS
    return attack


def check(server: Server, attack: Attack, *, total: int) -> None:
    log = server.log_text()
    assert attack.sent >= total
    assert "Traceback" not in log, log[-3000:]
    assert "could not be handled" not in log, log[-3000:]
    assert FRAGMENT not in log
    assert attack.memory[-1] <= GROWTH * attack.memory[0], attack.memory


def seed_of_run() -> int:
    """Draw a seed, or take the one that `FUZZ_SEED` names."""
    seed = int(os.environ.get("FUZZ_SEED", secrets.randbelow(2**32)))
    print(f"FUZZ_SEED={seed}")
    return seed


@pytest.mark.timeout(180)
def test_twenty_thousand_frames(attacked: Server) -> None:
    seed = seed_of_run()

    attack = wire_loop().run(survive(attacked, seed=seed, total=FRAMES), within=170)
    check(attacked, attack, total=FRAMES)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_million_frames(attacked: Server) -> None:
    seed = seed_of_run()

    attack = wire_loop().run(
        survive(attacked, seed=seed, total=MANY_FRAMES), within=7000
    )
    print(f"{attack.sent} frames on {attack.sockets} sockets, {attack.memory}")
    check(attacked, attack, total=MANY_FRAMES)
