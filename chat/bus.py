"""The port to what carries batches from one process to another.

An adapter may lose, double, delay and reorder batches; `chat/domain/link.py`
makes a reliable way of it. It must not block, and it must bound what it keeps.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from common.ids import WorkerId

Deliver = Callable[[bytes], None]
"""Takes a batch that came for this process, in its event loop."""


class Bus(Protocol):
    """Carries batches between processes, each addressed by its name."""

    async def start(self, deliver: Deliver) -> None:
        """Connect, and stay connected by itself; what comes is delivered."""
        ...

    def publish(self, batches: Iterable[tuple[WorkerId, bytes]]) -> None:
        """Send each batch to its process, all in one write."""
        ...

    async def stop(self) -> None:
        """Disconnect; nothing is delivered afterwards."""
        ...
