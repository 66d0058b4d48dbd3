"""The one worker of an embedded site: nobody is there to miss it."""

import math
from collections.abc import Collection, Mapping

from typing_extensions import override

from chat.workers import WorkerFacts, Workers
from common.ids import WorkerId


class MemoryWorkers(Workers):
    """Leases that last as long as the process that keeps them."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._facts: dict[WorkerId, WorkerFacts] = {}

    @override
    async def renew(self, own: WorkerId, facts: WorkerFacts) -> bool:
        held = own in self._facts
        self._facts[own] = facts
        return held

    @override
    async def alive(self, worker: WorkerId) -> bool:
        return worker in self._facts

    @override
    async def seconds_left(
        self, workers: Collection[WorkerId]
    ) -> Mapping[WorkerId, float]:
        return {worker: math.inf for worker in workers if worker in self._facts}

    @override
    async def everyone(self) -> Mapping[WorkerId, WorkerFacts]:
        return dict(self._facts)

    @override
    async def resign(self, own: WorkerId) -> None:
        self._facts.pop(own, None)
