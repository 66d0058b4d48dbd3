"""What matching tells the apps above it."""

from dataclasses import dataclass

from matching.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFound:
    """Two tickets were claimed for each other; neither waits any more.

    Published in the thread of the event loop that runs the matcher, once for
    each pair. `at` is seconds since 1970.
    """

    first: Ticket
    second: Ticket
    at: float
