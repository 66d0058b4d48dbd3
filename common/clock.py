"""The only readers of the clock. Rules receive `now` as an argument."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Say what time it is, as an aware instant in UTC."""
    return datetime.now(UTC)


def unix() -> float:
    """Say what time it is, in seconds since 1970; may jump with the host."""
    return time.time()


def monotonic() -> float:
    """Read a clock that never goes back, in seconds from an unknown start."""
    return time.monotonic()


def own_work() -> float:
    """Read the processor time that this thread has used, in seconds."""
    return time.thread_time()
