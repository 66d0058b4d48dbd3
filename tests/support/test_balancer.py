"""The balancer carries to workers that are well, and its lines can be cut or held."""

import asyncio
import time
from contextlib import suppress

import pytest

from tests.support.balancer import Balancer

GREETING = 6


class Worker:
    """Answers a health check, and greets whoever says anything else."""

    def __init__(self, name):
        self.greeting = name.encode().ljust(GREETING)
        self.health = b"HTTP/1.0 200 OK\r\n\r\nopen"
        self.port = 0
        self.writers = []
        self.hangs = False

    async def open(self):
        self.server = await asyncio.start_server(self.arrived, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    def arrived(self, reader, writer):
        self.writers.append(writer)
        if not self.server.is_serving():
            writer.close()
        return self.serve(reader, writer)

    async def serve(self, reader, writer):
        while said := await reader.read(1000):
            if self.hangs:
                continue
            if said.startswith(b"GET /healthz/open "):
                writer.write(self.health)
                break
            writer.write(self.greeting)
        writer.close()

    async def close(self):
        self.server.close()
        for writer in self.writers:
            await ended(writer)


async def ended(writer):
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.fixture
async def workers():
    both = [Worker("first"), Worker("second")]
    for worker in both:
        await worker.open()
    yield both
    for worker in both:
        await worker.close()


@pytest.fixture
async def balancer(workers):
    one = Balancer([worker.port for worker in workers])
    one.start()
    await knows(one, *workers)
    yield one
    await asyncio.to_thread(one.stop)


async def knows(balancer, *workers):
    """Wait until the balancer holds exactly these to be well."""
    deadline = time.monotonic() + 5
    while balancer.well() != {worker.port for worker in workers}:
        assert time.monotonic() < deadline, balancer.well()
        await asyncio.sleep(0.02)


async def greeted(streams):
    reader, writer = streams
    writer.write(b"hello")
    return (await reader.readexactly(GREETING)).decode().strip()


async def reached(line):
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    try:
        return await greeted((reader, writer))
    finally:
        await ended(writer)


async def test_workers_take_turns(balancer):
    line = balancer.line()
    assert {await reached(line), await reached(line)} == {"first", "second"}


async def test_a_line_may_lead_to_one_worker_as_long_as_it_is_well(balancer, workers):
    line = balancer.line(first=workers[1].port)
    assert {await reached(line) for _ in range(3)} == {"second"}
    await workers[1].close()
    assert await reached(line) == "first"
    await workers[1].open()
    await knows(balancer, *workers)


async def test_a_worker_that_refuses_is_left_out_at_once(balancer, workers):
    line = balancer.line()
    await workers[0].close()
    assert {await reached(line) for _ in range(4)} == {"second"}
    await workers[0].open()
    await knows(balancer, *workers)


async def test_a_draining_worker_gets_nobody_new(balancer, workers):
    workers[0].health = b'HTTP/1.0 503 Unavailable\r\n\r\n{"status": "draining"}'
    await knows(balancer, workers[1])


async def test_a_worker_that_hangs_is_left_out(balancer, workers):
    workers[0].hangs = True
    await knows(balancer, workers[1])


async def test_with_nobody_well_a_connection_ends(balancer, workers):
    line = balancer.line()
    for worker in workers:
        await worker.close()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await reached(line)
    for worker in workers:
        await worker.open()


async def test_a_cut_line_breaks_its_own_connections_alone(balancer):
    mine, others = balancer.line(), balancer.line()
    here = await asyncio.open_connection("127.0.0.1", mine.port)
    there = await asyncio.open_connection("127.0.0.1", others.port)
    assert await greeted(here)
    assert await greeted(there)
    mine.cut()
    for attempt in (greeted(here), reached(mine)):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await attempt
    assert await greeted(there)
    mine.mend()
    assert await reached(mine)
    for _, writer in (here, there):
        await ended(writer)


async def test_a_held_line_is_silent_and_loses_nothing(balancer):
    line = balancer.line()
    here = await asyncio.open_connection("127.0.0.1", line.port)
    assert await greeted(here)
    line.hold()
    waiting = asyncio.create_task(greeted(here))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    line.mend()
    assert await waiting
    await ended(here[1])


async def test_the_end_of_a_worker_reaches_the_client(balancer, workers):
    line = balancer.line()
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    writer.write(b"GET /healthz/open HTTP/1.0\r\n\r\n")
    assert (await reader.read()) == workers[0].health
    await ended(writer)
