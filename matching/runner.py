"""The matcher at work: drives the pool and claims what it finds.

It is woken by every arrival and otherwise sleeps until the pool wants to look
again. A failure costs a pause, never a ticket: whoever was not claimed waits on.
Alone on a site, a process has one runner for its event loop; where several
processes share a store, `matcher` gives one to the process whose turn it is.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from itertools import count

from django.utils.crypto import salted_hmac

from common import clock
from common.ids import PersonId, TicketId
from matching.domain.engine import Pair, Pool
from matching.domain.policy import POLICY, MatchPolicy
from matching.domain.recent import RecentPairs, pair_mark
from matching.domain.ticket import Ticket
from matching.events import PairFound
from matching.per_loop import PerLoop
from matching.store import DeposedError, TicketStore
from matching.stores import ticket_store

logger = logging.getLogger(__name__)


class Runner:
    """Pool, arrivals and the task that serves them."""

    def __init__(
        self,
        store: TicketStore,
        *,
        policy: MatchPolicy = POLICY,
        now: Callable[[], float] = clock.unix,
        recent: RecentPairs | None = None,
    ) -> None:
        """Prepare; `run` does the work.

        `now` is seconds since 1970. `recent` is what a former runner of this
        process knew: the store has the last word, this saves asking it.
        """
        self._store = store
        self._policy = policy
        self._now = now
        self._recent = RecentPairs() if recent is None else recent
        self._pool = Pool(policy=policy, recently_met=self._recently_met)
        self._arrivals: OrderedDict[TicketId, Ticket] = OrderedDict()
        self._woken = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def offer(self, ticket: Ticket) -> None:
        """Take a ticket that was put into the store, and wake up."""
        self._arrivals[ticket.id] = ticket
        self._woken.set()

    def withdraw(self, ticket_id: TicketId) -> None:
        """Forget a ticket that was withdrawn from the store."""
        self._arrivals.pop(ticket_id, None)
        self._pool.withdraw(ticket_id)

    def waiting(self) -> frozenset[TicketId]:
        """Name the tickets that it knows to wait."""
        return self._pool.ids() | self._arrivals.keys()

    async def run(self) -> None:
        """Serve until cancelled.

        Raises:
            DeposedError: another process is the matcher now.

        """
        while True:
            await self._sleep()
            try:
                await self.step()
            except DeposedError:
                raise
            except Exception:
                logger.exception("the matcher failed and goes on")
                await asyncio.sleep(self._policy.pause_after_error_seconds)

    async def step(self) -> None:
        """Pair those who arrived, then those whose next look is due."""
        self._woken.clear()
        for number in count(1):
            if not self._arrivals:
                break
            _, ticket = self._arrivals.popitem(last=False)
            await self._settle(self._pool.offer(ticket, self._now()))
            if number % self._policy.arrivals_per_turn == 0:
                await asyncio.sleep(0)
        for pair in self._pool.look(self._now()):
            await self._settle(pair)

    async def _sleep(self) -> None:
        due = self._pool.next_look()
        seconds = None if due is None else max(0.0, due - self._now())
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _settle(self, pair: Pair | None) -> None:
        """Claim a pair; whoever cannot be claimed for waits on."""
        if pair is None:
            return
        try:
            await self._claim(pair)
        except DeposedError:
            raise
        except Exception:
            logger.exception("a claim failed; both tickets wait on")
            self._pool.keep(pair.first, self._now())
            self._pool.keep(pair.second, self._now())

    async def _claim(self, pair: Pair) -> None:
        first, second, at = pair.first, pair.second, self._now()
        mark = pair_mark(first.person, second.person, key=_mark_key())
        until = at + self._policy.recent_partner_seconds
        found = PairFound(first=first, second=second, at=at)
        claim = await self._store.claim(found, mark=mark, until=until)
        if claim.taken:
            self._recent.remember(mark, now=at, until=until)
            return
        if claim.met_until is not None:
            self._recent.remember(mark, now=at, until=claim.met_until)
        for ticket in (first, second):
            if await self._store.get(ticket.id) is not None:
                self.offer(ticket)

    def _recently_met(self, one: PersonId, other: PersonId, now: float) -> bool:
        mark = pair_mark(one, other, key=_mark_key())
        return self._recent.met_until(mark, now) is not None


async def remember_pair(store: TicketStore, one: PersonId, other: PersonId) -> None:
    """Keep two persons from being paired for a while, from now."""
    now = clock.unix()
    until = now + POLICY.recent_partner_seconds
    mark = pair_mark(one, other, key=_mark_key())
    await store.remember_pair(mark, now=now, until=until)


_runners = PerLoop(lambda: Runner(ticket_store()))


def ensure_running() -> Runner:
    """Return the runner of this event loop, started if it was not running."""
    runner = _runners.get()
    if runner.task is None or runner.task.done():
        loop = asyncio.get_running_loop()
        runner.task = loop.create_task(runner.run(), name="matcher")
    return runner


def _mark_key() -> bytes:
    return salted_hmac("matching.recent", "pair", algorithm="sha256").digest()
