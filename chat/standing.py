"""Whether this process still is the home of what it holds.

Alone, always. Among several, only while its lease is fresh and, after a lapse,
once every record has been read again: until then nothing is stamped or passed
on, because another process may be doing so already (fencing).
"""

import asyncio
from collections.abc import Callable
from functools import cache

from common import clock


class Standing:
    """One question, asked for every frame: may this process act?"""

    def __init__(self) -> None:
        """Alone until `answer_to` says otherwise."""
        self._valid: Callable[[float], bool] | None = None
        self._lapsed: Callable[[], None] = _nothing
        self._settled = True
        self.draining = False
        """This process stops soon: it takes nothing new and gives away what it has."""
        self._changed = asyncio.Event()

    def answer_to(
        self, valid: Callable[[float], bool], *, lapsed: Callable[[], None]
    ) -> None:
        """Ask a lease from now on; `lapsed` is called when it ran out unnoticed."""
        self._valid, self._lapsed = valid, lapsed

    def sure(self) -> bool:
        """Say whether to go on now; else `settle` will be called some time."""
        if self._valid is None:
            return True
        if self._settled and not self._valid(clock.monotonic()):
            self.doubt()
            self._lapsed()
        return self._settled

    def doubt(self) -> None:
        """Stop, until `settle`."""
        self._settled = False
        self._changed.clear()

    def settle(self) -> None:
        """Go on: every record was read again under a fresh lease."""
        self._settled = True
        self._changed.set()

    async def settled(self) -> None:
        """Wait until this process may act."""
        while not self.sure():
            await self._changed.wait()  # `settle` sets it, `doubt` clears it


def _nothing() -> None:
    return


@cache
def standing() -> Standing:
    """Return the standing of this process."""
    return Standing()


def sure() -> bool:
    """Say whether this process may act now."""
    return standing().sure()
