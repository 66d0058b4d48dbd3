"""One of something for each event loop."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes one when a loop first asks, and drops it after the loop is over."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Prepare; `make` is called in the loop that asks."""
        self._make = make
        self._made: dict[asyncio.AbstractEventLoop, T] = {}

    def get(self) -> T:
        """Return that of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            for over in [one for one in tuple(self._made) if one.is_closed()]:
                self._made.pop(over, None)
            self._made[loop] = self._make()
        return self._made[loop]
