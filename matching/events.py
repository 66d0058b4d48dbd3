"""What matching tells the apps above it."""

from dataclasses import dataclass

from matching.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFound:
    """Two tickets were claimed for each other; neither waits any more.

    Published once for each pair, in one process alone: the one that owns
    `first`, in the thread of its event loop. Where another process owns
    `second`, it is for the listener here to invite that process. `at` is
    seconds since 1970.
    """

    first: Ticket
    second: Ticket
    at: float
