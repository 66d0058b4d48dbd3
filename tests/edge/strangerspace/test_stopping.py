"""One signal stops in peace, two stop at once."""

import asyncio
import logging
import os
import signal

import pytest

from strangerspace.stopping import Stopping


class Server:
    """Knows whether it was stopped."""

    def __init__(self):
        self.stopped = asyncio.Event()
        self.said_goodbye = False

    async def say_goodbye(self, seconds=0.0):
        await asyncio.sleep(seconds)
        self.said_goodbye = True


@pytest.fixture
async def server():
    return Server()


async def ended(server):
    async with asyncio.timeout(5):
        await server.stopped.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_once_everybody_has_gone(server, number):
    loop = asyncio.get_running_loop()
    Stopping(server.say_goodbye, stop=server.stopped.set).install(loop)
    os.kill(os.getpid(), number)
    await ended(server)
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(each)

    assert server.said_goodbye


async def test_who_has_not_gone_in_time_is_left(server, caplog):
    stopping = Stopping(
        lambda: server.say_goodbye(60), stop=server.stopped.set, longest_seconds=0.05
    )
    with caplog.at_level(logging.CRITICAL, logger="strangerspace.stopping"):
        stopping.heed(asyncio.get_running_loop())
        await ended(server)

    assert not server.said_goodbye


@pytest.mark.parametrize("turns", [0, 3])
async def test_a_second_signal_waits_for_nobody(server, turns):
    loop = asyncio.get_running_loop()
    stopping = Stopping(lambda: server.say_goodbye(60), stop=server.stopped.set)
    stopping.heed(loop)
    for _ in range(turns):
        await asyncio.sleep(0)
    stopping.heed(loop)
    stopping.heed(loop)
    await ended(server)

    assert not server.said_goodbye


async def test_a_farewell_that_fails_stops_the_server_all_the_same(server, caplog):
    async def fail():
        raise ValueError

    with caplog.at_level(logging.CRITICAL, logger="strangerspace.stopping"):
        Stopping(fail, stop=server.stopped.set).heed(asyncio.get_running_loop())
        await ended(server)

    assert server.stopped.is_set()
