"""How fast a client may send: a burst, then a few a second, and a window."""

import asyncio

MARGIN_SECONDS = 0.01
"""Two clocks never agree to the millisecond; a little late is always allowed."""


class Pace:
    """A token bucket on the loop's own clock; a turn ahead of time is slept off."""

    def __init__(
        self, burst: int, per_second: float, window: int, *, now: float | None = None
    ) -> None:
        """Start full, at `now` of the loop's clock."""
        self.burst, self.per_second, self.window = burst, per_second, window
        self._at = asyncio.get_running_loop().time() if now is None else now
        self._tokens = float(burst)

    def wait(self, now: float) -> float:
        """Say in how many seconds a token will be there."""
        self._refill(now)
        if self._tokens >= 1:
            return 0.0
        return (1 - self._tokens) / self.per_second + MARGIN_SECONDS

    def take(self, now: float) -> None:
        """Take a token, be it there or not."""
        self._refill(now)
        self._tokens -= 1

    async def turn(self) -> None:
        """Take a token; where there is none yet, wait for it."""
        now = asyncio.get_running_loop().time()
        wait = self.wait(now)
        self.take(now)
        if wait:
            await asyncio.sleep(wait)

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self._at) * self.per_second
        self._tokens, self._at = min(self.burst, self._tokens + gained), now
