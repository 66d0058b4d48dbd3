"""A channel layer for one process whose threads may all send.

Channels' own in-memory layer puts messages straight into an asyncio queue;
from another thread (a Celery task, a synchronous view) the receiving loop then
sleeps on until something else wakes it. This one hops to the loop that reads.
"""

import asyncio
from typing import Any

from channels.layers import InMemoryChannelLayer
from typing_extensions import override


class ThreadSafeInMemoryChannelLayer(InMemoryChannelLayer):
    """In-memory layer that remembers which loop reads each channel."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with no readers."""
        super().__init__(*args, **kwargs)
        self._readers: dict[str, asyncio.AbstractEventLoop] = {}

    @override
    async def new_channel(self, prefix: str = "specific.") -> str:
        """Name a new channel, read by the loop that is running now."""
        name: str = await super().new_channel(prefix)
        self._readers[name] = asyncio.get_running_loop()
        return name

    @override
    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Send on the reader's own loop, wherever the sender runs."""
        reader = self._readers.get(channel)
        if reader is None or reader is asyncio.get_running_loop():
            await super().send(channel, message)
        elif not reader.is_closed():
            future = asyncio.run_coroutine_threadsafe(
                super().send(channel, message), reader
            )
            await asyncio.wrap_future(future)
