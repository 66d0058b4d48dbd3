"""How busy this process is: when it falls behind, newcomers wait outside.

Measured where it shows: a timer of the event loop that fires late means that
everything else is late by as much. Only as far as the loop's own work made it so:
on a machine that others keep busy, turning people away would not help anybody.
Conversations that run keep what there is.
"""

import asyncio
from functools import cache

from chat.close_codes import CloseCode
from chat.connections import registry
from chat.domain.policy import LOAD, LoadPolicy
from chat.standing import standing
from common import clock


class LoopLag:
    """How late the timers of the running loop fire, smoothed, in seconds."""

    def __init__(self, policy: LoadPolicy = LOAD) -> None:
        """Start as if nothing were late."""
        self.seconds = 0.0
        self._policy = policy
        self._due = self._worked = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self) -> None:
        """Measure in the running loop from now on; a second time is ignored."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self.seconds = loop, 0.0
            self._set(loop)

    def _set(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = clock.monotonic() + self._policy.look_seconds
        self._worked = clock.own_work()
        loop.call_later(self._policy.look_seconds, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        worked = clock.own_work() - self._worked
        late = min(worked, max(0.0, clock.monotonic() - self._due))
        self.seconds += self._policy.weight * (late - self.seconds)
        self._set(loop)


@cache
def loop_lag() -> LoopLag:
    """Return the measure of this process."""
    return LoopLag()


def refusal() -> CloseCode | None:
    """Say with what a new socket is turned away now, if it is."""
    if standing().draining:
        return CloseCode.MOVED
    if loop_lag().seconds > LOAD.lag_seconds or registry().sockets >= LOAD.sockets:
        return CloseCode.TOO_SLOW
    return None
