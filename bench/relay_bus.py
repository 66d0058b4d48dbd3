"""What a frame costs between two processes: publisher and subscriber, in µs of CPU.

    .venv/bin/python -m bench.relay_bus [--loop uvloop] [--frames 10000]

One process relays frames of 400 bytes at a fixed rate to another, over a Redis of
its own. A third process sets the pace with one byte for each turn of the loop
(two frames a turn), so that turns are as short as sockets make them. The pacing
is measured alone and taken off. Compared are the raw bus of `chat/bus_redis.py`,
with and without the gathering window, and the same relay on redis-py's own
pub/sub. CPU is user and system time of the two processes; Redis is listed apart.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from chat.bus import Bus, Deliver
from chat.bus_redis import CHANNEL, RedisBus
from chat.domain.policy import RELAY, RelayPolicy
from chat.relay import Relay
from common.ids import WorkerId
from tests.support.services import private_redis

SENDER, RECEIVER = WorkerId("0" * 15 + "1"), WorkerId("0" * 15 + "2")
FRAME = b"x" * 400
FRAMES_A_TURN = 2
AT_ONCE = RelayPolicy(crowd=1 << 30)
MICROSECONDS = 1_000_000
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class RedisPyBus:
    """The same port on redis-py: its PubSub reads, its pipelines publish."""

    def __init__(self, url: str, *, own: WorkerId) -> None:
        """Prepare; `start` connects."""
        self._own = own
        self._client = AsyncRedis.from_url(url)
        self._leaving: list[tuple[str, bytes]] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, deliver: Deliver) -> None:
        """Subscribe, then read and write in a task each."""
        pubsub = self._client.pubsub(ignore_subscribe_messages=True)
        await pubsub.subscribe(f"{CHANNEL}{self._own}")

        async def listen() -> None:
            async for message in pubsub.listen():
                deliver(message["data"])

        self._tasks = [asyncio.create_task(work) for work in (listen(), self._write())]

    def publish(self, batches: Iterable[tuple[WorkerId, bytes]]) -> None:
        """Let them leave in the next pipeline."""
        self._leaving += [(f"{CHANNEL}{to}", batch) for to, batch in batches]
        self._wake.set()

    async def stop(self) -> None:
        """End both tasks."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._client.aclose()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            pipeline = self._client.pipeline(transaction=False)
            for channel, batch in self._leaving:
                pipeline.publish(channel, batch)
            self._leaving.clear()
            await pipeline.execute()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is compared; `bus` none is the pacing alone."""

    name: str
    bus: Callable[..., Bus] | None
    policy: RelayPolicy = RELAY
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop


PACING = Case(name="pacing alone", bus=None)
CASES = (
    Case(name="raw, gathering under load", bus=RedisBus),
    Case(name="raw, each turn at once", bus=RedisBus, policy=AT_ONCE),
    Case(name="redis-py, gathering under load", bus=RedisPyBus),
    Case(name="redis-py, each turn at once", bus=RedisPyBus, policy=AT_ONCE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """µs of CPU a frame."""

    sender: float
    receiver: float
    redis: float


def cpu_seconds() -> float:
    """Read what this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def pace(way_out: int, turns: int, per_second: float) -> None:
    """Write one byte for each turn, on time."""
    began = time.monotonic()
    for turn in range(turns):
        early = began + turn / per_second - time.monotonic()
        if early > 0:
            time.sleep(early)
        os.write(way_out, b".")


def send(case: Case, url: str, way_in: int, turns: int, report: Connection) -> None:
    """Send two frames for each byte; report the CPU used."""
    with asyncio.Runner(loop_factory=case.loop) as runner:
        runner.run(_send(case, url, way_in, turns, report))


async def _send(
    case: Case, url: str, way_in: int, turns: int, report: Connection
) -> None:
    relay = (
        Relay(case.bus(url, own=SENDER), own=SENDER, policy=case.policy)
        if (case.bus)
        else None
    )
    if relay is not None:
        await relay.start(heed=lambda _, __: None, restarted=print)
    loop, done, left = asyncio.get_running_loop(), asyncio.Event(), turns

    def turn() -> None:
        nonlocal left
        for _ in os.read(way_in, 1):
            left -= 1
            if relay is not None:
                for _ in range(FRAMES_A_TURN):
                    relay.send(RECEIVER, FRAME)
        if not left:
            loop.remove_reader(way_in)
            done.set()

    report.send("ready")
    before = cpu_seconds()
    loop.add_reader(way_in, turn)
    await done.wait()
    await asyncio.sleep(0.5)
    report.send(cpu_seconds() - before)
    if relay is not None:
        await relay.stop()


def receive(case: Case, url: str, frames: int, report: Connection) -> None:
    """Take so many frames; report the CPU used."""
    with asyncio.Runner(loop_factory=case.loop) as runner:
        runner.run(_receive(case, url, frames, report))


async def _receive(case: Case, url: str, frames: int, report: Connection) -> None:
    assert case.bus is not None  # noqa: S101  the pacing has no receiver
    relay = Relay(case.bus(url, own=RECEIVER), own=RECEIVER, policy=case.policy)
    done, left = asyncio.Event(), frames

    def heed(_: WorkerId, frame: bytes) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    await relay.start(heed=heed, restarted=print)
    report.send("ready")
    before = cpu_seconds()
    await done.wait()
    await asyncio.sleep(0.5)
    report.send(cpu_seconds() - before)
    await relay.stop()


def measure(case: Case, url: str, *, frames: int, seconds: float) -> Cost:
    """Run a case once."""
    spawn = multiprocessing.get_context("fork")
    turns = int(frames * seconds / FRAMES_A_TURN)
    total = turns * FRAMES_A_TURN
    way_in, way_out = os.pipe()
    sender, at_sender = spawn.Pipe()
    receiver, at_receiver = spawn.Pipe()
    jobs = []
    if case.bus is not None:
        jobs.append(spawn.Process(target=receive, args=(case, url, total, at_receiver)))
        jobs[-1].start()
        receiver.recv()
    jobs.append(spawn.Process(target=send, args=(case, url, way_in, turns, at_sender)))
    jobs[-1].start()
    sender.recv()
    redis_before = redis_cpu(url)
    pace(way_out, turns, frames / FRAMES_A_TURN)
    used = [sender.recv(), receiver.recv() if case.bus is not None else 0.0]
    used.append(redis_cpu(url) - redis_before)
    for job in jobs:
        job.join()
    os.close(way_in)
    os.close(way_out)
    a_frame = [each * MICROSECONDS / total for each in used]
    return Cost(sender=a_frame[0], receiver=a_frame[1], redis=a_frame[2])


def redis_cpu(url: str) -> float:
    """Ask Redis what it has used, in seconds."""
    with Redis.from_url(url) as client:
        info = client.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def table(costs: dict[str, list[Cost]]) -> str:
    """Write medians, the pacing taken off."""
    off = statistics.median(cost.sender for cost in costs[PACING.name])
    lines = [
        f"pacing (taken off): {off:.1f} µs",
        "| case | sender | receiver | together | Redis |",
        "| --- | --- | --- | --- | --- |",
    ]
    for case in CASES:
        runs = costs[case.name]
        sender = statistics.median(cost.sender for cost in runs) - off
        receiver = statistics.median(cost.receiver for cost in runs)
        redis = statistics.median(cost.redis for cost in runs)
        lines.append(
            f"| {case.name} | {sender:.1f} | {receiver:.1f} "
            f"| {sender + receiver:.1f} | {redis:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure all cases in turn, several times, and print a table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--loop", choices=LOOPS, default="asyncio")
    words.add_argument("--frames", type=int, default=10_000, help="a second")
    words.add_argument("--seconds", type=float, default=5.0)
    words.add_argument("--rounds", type=int, default=3)
    asked = words.parse_args()
    costs: dict[str, list[Cost]] = {case.name: [] for case in (PACING, *CASES)}
    with tempfile.TemporaryDirectory() as folder, private_redis(Path(folder)) as server:
        for _ in range(asked.rounds):
            for case in (PACING, *CASES):
                cost = measure(
                    replace(case, loop=LOOPS[asked.loop]),
                    server.url,
                    frames=asked.frames,
                    seconds=asked.seconds,
                )
                costs[case.name].append(cost)
    print(table(costs))


if __name__ == "__main__":
    main()
