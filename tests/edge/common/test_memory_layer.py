import asyncio
import threading
import time

from asgiref.sync import async_to_sync

from common.memory_layer import ThreadSafeInMemoryChannelLayer

MESSAGE = {"type": "news"}


async def test_a_message_reaches_its_reader():
    layer = ThreadSafeInMemoryChannelLayer()
    channel = await layer.new_channel()

    await layer.send(channel, MESSAGE)

    assert await layer.receive(channel) == MESSAGE


async def test_a_sleeping_reader_is_woken_from_another_thread():
    """Stock Channels leaves the reader asleep until something else wakes it."""
    layer = ThreadSafeInMemoryChannelLayer()
    channel = await layer.new_channel()
    await layer.group_add("everyone", channel)
    reading = asyncio.ensure_future(layer.receive(channel))
    await asyncio.sleep(0.01)

    sent = time.monotonic()
    sender = threading.Thread(
        target=lambda: async_to_sync(layer.group_send)("everyone", MESSAGE)
    )
    sender.start()

    assert await asyncio.wait_for(reading, 5) == MESSAGE
    assert time.monotonic() - sent < 0.5
    sender.join()


def test_a_reader_whose_loop_is_gone_loses_the_message_quietly():
    layer = ThreadSafeInMemoryChannelLayer()
    channel = asyncio.run(layer.new_channel())

    asyncio.run(layer.send(channel, MESSAGE))

    assert not layer.channels
