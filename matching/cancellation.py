"""Cancelling that no library can lose."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cancellation_kept() -> Iterator[None]:
    """Let a task that is cancelled in this block end as cancelled.

    A client may be closing or opening a connection at that moment, and answer
    with an error of its own or go on as if nothing had been asked; a task that
    loops would then never end.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    except Exception as error:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError from error
        raise
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
