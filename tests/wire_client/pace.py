"""How fast a client may send: a burst, then a few a second, and a window."""

import asyncio

MARGIN_SECONDS = 0.01
"""Two clocks never agree to the millisecond; a little late is always allowed."""


class Pace:
    """A token bucket on the loop's own clock; a turn ahead of time is slept off."""

    def __init__(self, burst: int, per_second: float, window: int) -> None:
        """Start full."""
        self.burst, self.per_second, self.window = burst, per_second, window
        self._tokens, self._at = float(burst), asyncio.get_running_loop().time()

    async def turn(self) -> None:
        """Take a token; where there is none yet, wait for it."""
        now = asyncio.get_running_loop().time()
        gained = (now - self._at) * self.per_second
        self._tokens, self._at = min(self.burst, self._tokens + gained) - 1, now
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / self.per_second + MARGIN_SECONDS)
