"""Which processes serve the site, and whether they live: the port.

A process is a worker. It holds a lease and renews it; once the lease has run
out, others may take its conversations over. All adapters pass the same
contract tests.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from common.ids import WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFacts:
    """What a worker says of itself when it renews its lease."""

    online: int
    """Visitors with a socket here."""
    conversations: int
    """Conversations at home here."""
    draining: bool
    """It is going, and gives its conversations away."""


class Workers(Protocol):
    """The leases of all workers.

    Raises:
        redis.exceptions.RedisError: from any call, while the server behind it
            is away.

    """

    async def renew(self, own: WorkerId, facts: WorkerFacts) -> bool:
        """Hold the own lease for its full length from now on.

        Returns:
            `False` when it was not there (any more): never held, run out,
            given up, or lost with the store. It is there again.

        """
        ...

    async def alive(self, worker: WorkerId) -> bool:
        """Say whether a worker's lease is there."""
        ...

    async def seconds_left(
        self, workers: Collection[WorkerId]
    ) -> Mapping[WorkerId, float]:
        """Read the leases of some workers; who is missing has none."""
        ...

    async def everyone(self) -> Mapping[WorkerId, WorkerFacts]:
        """Read what each living worker last said of itself."""
        ...

    async def resign(self, own: WorkerId) -> None:
        """Give the own lease up at once."""
        ...
