"""Work that nobody waits for: kept alive until it is done, its failure logged."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)

_running: set[asyncio.Task[None]] = set()


def spawn(work: Coroutine[Any, Any, None], *, name: str) -> None:
    """Start work in the running loop."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_done)


def _done(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        # The type alone: a message could quote what a client sent.
        logger.error("%s failed: %r", task.get_name(), type(task.exception()))
