"""A place for the wire client to live while Playwright's sync API holds the test.

Playwright runs its own event loop in the main thread; coroutines of the wire
client therefore run on a loop in a second thread, where sockets keep answering
between the lines of a test.
"""

import asyncio
import functools
import threading
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SCENARIO_SECONDS = 90


class WireLoop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        """Start the thread."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(
        self,
        work: Coroutine[Any, Any, T],
        *,
        meanwhile: Callable[[], object] | None = None,
        within: float = SCENARIO_SECONDS,
    ) -> T:
        """Run a coroutine to its end and hand back what it returns.

        Args:
            work: what to run on the wire loop.
            meanwhile: called again and again until then; a browser whose socket
                goes through the test needs it, or its frames would wait.
            within: seconds that it may take.

        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        while meanwhile is not None and not future.done():
            meanwhile()
        return future.result(within)

    def stop(self) -> None:
        """End the thread; whatever is still running there is cancelled."""
        self.run(self._cancel_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _cancel_rest(self) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


@functools.cache
def wire_loop() -> WireLoop:
    """Start the loop of this test run at its first use."""
    return WireLoop()


def on_wire(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an `async def` test on the wire loop."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        wire_loop().run(test(*args, **kwargs))

    return run
