"""A client that swallows a cancellation does not keep its task alive."""

import asyncio

import pytest

from matching.cancellation import cancellation_kept


async def deaf(how_it_ends):
    """Be cancelled, and end in another way."""
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        how_it_ends()


def fails():
    raise ConnectionError


def goes_on():
    pass


@pytest.mark.parametrize("how_it_ends", [fails, goes_on])
async def test_a_task_that_was_cancelled_ends_as_cancelled(how_it_ends):
    async def loop():
        while True:
            with cancellation_kept():
                await deaf(how_it_ends)

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task], timeout=2)

    assert task.cancelled()


async def test_other_errors_and_timeouts_stay_what_they_are():
    with pytest.raises(ConnectionError), cancellation_kept():
        fails()
    with pytest.raises(TimeoutError), cancellation_kept():
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)


async def test_a_cancellation_of_before_is_not_counted_again():
    """As a task group of Python 3.11 leaves it in the task that it ended in."""

    async def once_cancelled():
        asyncio.current_task().cancel()
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            with cancellation_kept():
                await asyncio.sleep(0)
        return "went on"

    assert await asyncio.create_task(once_cancelled()) == "went on"
