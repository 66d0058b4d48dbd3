"""What a process with waiting sockets does where others match for it.

It holds the tickets that it offered: renews all of them at once every so often,
hears of their pairs, and offers again what the store has lost. A ticket that is
missing may have been claimed with its pair still on the way, so it is offered
again only after a while without one, as a newer attempt; a pair of an older
attempt that comes later is void, and its tickets are offered again as well.
Wherever that goes wrong, a claim decides: nobody waits twice in the store.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any

from common import clock
from common.events import publish
from common.ids import TicketId, WorkerId
from common.worker import worker_id
from matching.domain.policy import LEASES, POLICY, LeasePolicy
from matching.domain.ticket import Ticket
from matching.domain.ticket_text import read
from matching.events import PairFound
from matching.listener import Listener
from matching.per_loop import PerLoop
from matching.redis_scripts import PAIRS
from matching.store import StoreUnreachableError
from matching.store_redis import RedisTicketStore

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Held:
    """A ticket of ours, and since when the store lacks it (steady seconds)."""

    ticket: Ticket
    missing_since: float | None = None


class Holder:
    """The waiting tickets of one process; for one event loop."""

    def __init__(
        self,
        store: RedisTicketStore,
        *,
        own: WorkerId,
        policy: LeasePolicy = LEASES,
        steady: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Start with none; `steady` is a clock in seconds that never jumps."""
        self._store = store
        self._own = own
        self._policy = policy
        self._steady = steady
        self._held: dict[TicketId, _Held] = {}
        self._listener = Listener(PAIRS + own, self.hear, policy=policy)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def offer(self, ticket: Ticket) -> None:
        """Let a ticket wait, and see that it does until it is paired."""
        self._held[ticket.id] = held = _Held(ticket)
        self._keep("hearing of pairs", self._listener.run)
        self._keep("renewing tickets", self._renew_while_any)
        await self._listener.ready()
        await self._put(held)

    async def withdraw(self, ticket_id: TicketId) -> bool:
        """Let go of a ticket; `True` only if it was still waiting."""
        self._held.pop(ticket_id, None)
        try:
            return await self._store.withdraw(ticket_id)
        except StoreUnreachableError:
            return False  # nobody renews it: it vanishes by itself

    def hear(self, text: bytes) -> None:
        """Take the news of a pair whose first ticket is ours."""
        first, second, at = text.split(b"\n")
        pair = PairFound(first=read(first), second=read(second), at=float(at))
        ours = [
            ticket for ticket in (pair.first, pair.second) if ticket.owner == self._own
        ]
        if any(self._offered_since(ticket) for ticket in ours):
            self._mark_lost(ours)
            return
        for ticket in ours:
            self._held.pop(ticket.id, None)
        publish(pair)

    async def renew(self) -> None:
        """Renew all tickets, and offer again those that are overdue."""
        gone = await self._store.renew(tuple(self._held))
        now = self._steady()
        for ticket_id, held in self._held.items():
            if ticket_id not in gone:
                held.missing_since = None
            elif held.missing_since is None:
                held.missing_since = now
        await self._offer_again(now - self._policy.pair_grace_seconds)

    async def stop(self) -> None:
        """End the tasks; tickets that are still held vanish by themselves."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _offered_since(self, ticket: Ticket) -> bool:
        held = self._held.get(ticket.id)
        return held is not None and held.ticket.attempt > ticket.attempt

    def _mark_lost(self, tickets: Iterable[Ticket]) -> None:
        """Have those of a void pair offered again with the next renewal."""
        for ticket in tickets:
            held = self._held.get(ticket.id)
            if held is not None and held.ticket.attempt == ticket.attempt:
                held.missing_since = float("-inf")

    async def _put(self, held: _Held) -> None:
        try:
            await self._store.put(held.ticket)
            if self._held.get(held.ticket.id) is not held:  # withdrawn meanwhile
                await self._store.withdraw(held.ticket.id)
        except StoreUnreachableError:
            logger.warning("a ticket could not be offered; tried again soon")
            held.missing_since = float("-inf")

    async def _offer_again(self, missing_since: float) -> None:
        overdue = [
            held
            for held in self._held.values()
            if held.missing_since is not None and held.missing_since <= missing_since
        ]
        for start in range(0, len(overdue), self._policy.offer_batch):
            some = overdue[start : start + self._policy.offer_batch]
            await asyncio.gather(*(self._try_again(held) for held in some))

    async def _try_again(self, held: _Held) -> None:
        """Put a newer attempt, unless the pair has come while others were put."""
        if self._held.get(held.ticket.id) is held:
            held.ticket = replace(held.ticket, attempt=held.ticket.attempt + 1)
            held.missing_since = None
            await self._put(held)

    async def _renew_while_any(self) -> None:
        hurry = True
        while self._held:
            await asyncio.sleep(
                self._policy.hurry_seconds if hurry else self._policy.renew_seconds
            )
            try:
                await self.renew()
                missing = (held.missing_since for held in self._held.values())
                hurry = any(since is not None for since in missing)
            except StoreUnreachableError:
                hurry = True
            except Exception:
                logger.exception("tickets were not renewed; tried again soon")
                hurry = True

    def _keep(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = self._tasks.get(name)
        if task is None or task.done():
            loop = asyncio.get_running_loop()
            self._tasks[name] = loop.create_task(work(), name=name)


_holders = PerLoop(lambda: Holder(RedisTicketStore(POLICY), own=worker_id()))


def holder() -> Holder:
    """Return the holder of this event loop."""
    return _holders.get()
