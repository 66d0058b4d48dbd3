"""The load generator counts what a server does wrong, and nothing else."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest
from websockets.asyncio.server import serve

from bench.generator import Generator, Target

SOCKETS = 4


class Relay:
    """Plain JSON between pairs, with one fault on every tenth message."""

    def __init__(self, fault=""):
        self.fault = fault
        self.pairs = {}
        self.everyone = []
        self.seen = 0

    async def talk(self, socket):
        self.everyone.append(socket)
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == "join":
                self.pairs.setdefault(frame["pair"], []).append(socket)
                socket.pair = frame["pair"]
                await socket.send('{"type":"joined"}')
                continue
            await self.pass_on(socket, frame, text)

    async def pass_on(self, socket, frame, text):
        partner = next(one for one in self.pairs[socket.pair] if one is not socket)
        if frame["type"] == "message":
            self.seen += 1
            receipt = {"type": "receipt", "seq": frame["seq"]}
            await socket.send(json.dumps(receipt))
            if self.seen % 10 == 0 and self.fault:
                await getattr(self, self.fault)(partner, frame, text)
                return
        await partner.send(text)

    async def lose(self, partner, frame, text):
        return

    async def double(self, partner, frame, text):
        await partner.send(text)
        await partner.send(text)

    async def mislead(self, partner, frame, text):
        stranger = next(one for one in self.everyone if one.pair != partner.pair)
        await stranger.send(text)
        await partner.send(text)

    async def change(self, partner, frame, text):
        changed = frame["body"][:-12] + "A" * 12
        await partner.send(text.replace(frame["body"], changed))


@contextmanager
def running(relay):
    """Serve in a thread of its own, as a server of its own would."""
    loop, ready, ports = asyncio.new_event_loop(), threading.Event(), []

    async def main():
        async with serve(relay.talk, "127.0.0.1", 0, compression=None) as server:
            ports.append(server.sockets[0].getsockname()[1])
            ready.set()
            await stopped.wait()

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    ready.wait()
    yield ports[0]
    loop.call_soon_threadsafe(stopped.set)
    thread.join()
    loop.close()


def counted(relay, tmp_path):
    with running(relay) as port:
        target = Target(dialect="json", ports=[port], own_partners=True)
        with Generator(target, core=None, log=tmp_path / "log") as load:
            load.connect(SOCKETS)
            load.join()
            load.begin(100.0, seconds=0.5, warmup=0.1)
            stop = load.wait("stop")
            return stop | load.wait("latency") | load.wait("result")


FAULTS = ("doubled", "gaps", "misdirected", "corrupt", "errors", "closes", "lost")


def test_an_honest_server_has_nothing_counted_against_it(tmp_path):
    result = counted(Relay(), tmp_path)

    assert result["sent"] == result["delivered"] == result["receipts"] == 60
    assert {name: result[name] for name in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert 0 < result["p50"] <= result["p99"] <= result["p999"]
    assert result["acks"] > 0
    assert result["bytes_in"] > 50 * 408


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ("lose", "lost"),
        ("double", "doubled"),
        ("mislead", "misdirected"),
        ("change", "corrupt"),
    ],
)
def test_each_fault_is_seen_for_what_it_is(fault, name, tmp_path):
    result = counted(Relay(fault), tmp_path)

    assert result[name] >= 4


def test_a_server_that_is_gone_is_an_error(tmp_path):
    result = None
    with running(Relay()) as port:
        target = Target(dialect="json", ports=[port], own_partners=True)
        load = Generator(target, core=None, log=tmp_path / "log")
        load.connect(SOCKETS)
        load.join()
    load.begin(50.0, seconds=0.3, warmup=0.1)
    load.wait("stop")
    result = load.wait("latency") | load.wait("result")
    load.program.end()

    assert result["delivered"] == 0
    assert result["held"] > 0
