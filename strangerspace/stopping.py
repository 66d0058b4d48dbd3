"""How a server stops: at the first signal in peace, at the second at once.

Between the first signal and the closing of its sockets a server may let its
people go to others. That may take long, so it is bounded, and whoever is in a
hurry says so with a second signal.
"""

import asyncio
import logging
import signal
from collections.abc import Callable

from strangerspace.server import BeforeStop

# A lost socket's conversation is kept for 60 s; who has not moved by then
# will not.
LONGEST_SECONDS = 65.0

logger = logging.getLogger(__name__)


class Stopping:
    """Turns signals into one call of `stop`."""

    def __init__(
        self,
        before_stop: BeforeStop,
        *,
        stop: Callable[[], None],
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        """Remember what to await first, and what to call then."""
        self._before_stop = before_stop
        self._stop = stop
        self._longest_seconds = longest_seconds
        self._farewell: asyncio.Task[None] | None = None

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Heed SIGTERM and SIGINT from now on. Main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.heed, loop)

    def heed(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to stop; called again, stop now."""
        if self._farewell is None:
            self._farewell = loop.create_task(self._wait(), name="before stop")
            self._farewell.add_done_callback(lambda _: self._stop())
        else:
            self._farewell.cancel()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._longest_seconds):
                await self._before_stop()
        except TimeoutError:
            logger.warning("stopping although some have not gone yet")
        except Exception:
            logger.exception("stopping at once: the farewell failed")
