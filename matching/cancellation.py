"""Cancelling that no library can lose."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cancellation_kept() -> Iterator[None]:
    """Let a task that was cancelled end as cancelled, whatever came of it.

    A client that is closing its connection when it is cancelled may answer with
    an error of its own instead; who handles that error would go on for ever.
    """
    try:
        yield
    except Exception as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from error
        raise
