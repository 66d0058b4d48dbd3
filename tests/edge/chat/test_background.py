"""Work that nobody waits for."""

import asyncio
import logging

from chat import background
from tests.edge.chat.driver import turns


async def test_work_is_kept_alive_until_it_is_done():
    done = asyncio.Event()

    async def work():
        await asyncio.sleep(0)
        done.set()

    background.spawn(work(), name="some work")
    await asyncio.wait_for(done.wait(), 1)
    await asyncio.sleep(0)

    assert background._running == set()


async def test_a_failure_is_logged_without_its_words(caplog):
    async def work():
        raise ValueError("CANARY")

    with caplog.at_level(logging.ERROR):
        background.spawn(work(), name="some work")
        await turns()

    assert "some work failed" in caplog.text
    assert "ValueError" in caplog.text
    assert "CANARY" not in caplog.text
