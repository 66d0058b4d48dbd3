"""The matcher at work: drives the pool, claims what it finds, tells the news.

One runner for each event loop. It is woken by every arrival and otherwise
sleeps until the pool wants to look again. A failure costs a pause, never a
ticket: whoever was not claimed waits on.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable

from django.utils.crypto import salted_hmac

from common import clock
from common.events import publish
from common.ids import PersonId, TicketId
from matching.domain.engine import Pair, Pool
from matching.domain.policy import POLICY, MatchPolicy
from matching.domain.recent import pair_mark
from matching.domain.ticket import Ticket
from matching.events import PairFound
from matching.store import TicketStore
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
    ) -> None:
        """Prepare; `run` does the work. `now` is seconds since 1970."""
        self._store = store
        self._policy = policy
        self._now = now
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

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            await self._sleep()
            try:
                await self.step()
            except Exception:
                logger.exception("the matcher failed and goes on")
                await asyncio.sleep(self._policy.pause_after_error_seconds)

    async def step(self) -> None:
        """Pair those who arrived, then those whose next look is due."""
        self._woken.clear()
        while self._arrivals:
            _, ticket = self._arrivals.popitem(last=False)
            await self._settle(self._pool.offer(ticket, self._now()))
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
        except Exception:
            logger.exception("a claim failed; both tickets wait on")
            self._pool.keep(pair.first, self._now())
            self._pool.keep(pair.second, self._now())

    async def _claim(self, pair: Pair) -> None:
        both = (pair.first, pair.second)
        if await self._store.claim(pair.first.id, pair.second.id):
            at = self._now()
            publish(PairFound(first=pair.first, second=pair.second, at=at))
            await self._record(pair, at)
            return
        for ticket in both:
            if await self._store.get(ticket.id) is not None:
                self.offer(ticket)

    async def _record(self, pair: Pair, at: float) -> None:
        await self.remember_pair(pair.first.person, pair.second.person)
        for ticket in (pair.first, pair.second):
            waited = max(0.0, at - ticket.since)
            await self._store.record_wait(ticket.mode, waited, at=at)

    async def remember_pair(self, one: PersonId, other: PersonId) -> None:
        """Keep two persons from being paired again for a while, from now."""
        now = self._now()
        until = now + self._policy.recent_partner_seconds
        mark = pair_mark(one, other, key=_mark_key())
        await self._store.remember_pair(mark, now=now, until=until)

    def _recently_met(self, one: PersonId, other: PersonId, now: float) -> bool:
        mark = pair_mark(one, other, key=_mark_key())
        return self._store.recent.get(mark, 0.0) > now


_runners: dict[asyncio.AbstractEventLoop, Runner] = {}


def ensure_running() -> Runner:
    """Return the runner of this event loop, started if it was not running."""
    loop = asyncio.get_running_loop()
    runner = _runners.get(loop) or _new_runner(loop)
    if runner.task is None or runner.task.done():
        runner.task = loop.create_task(runner.run(), name="matcher")
    return runner


def _new_runner(loop: asyncio.AbstractEventLoop) -> Runner:
    """Make a runner, and let go of those whose loop is over."""
    for over in [one for one in _runners if one.is_closed()]:
        del _runners[over]
    _runners[loop] = Runner(ticket_store())
    return _runners[loop]


def _mark_key() -> bytes:
    return salted_hmac("matching.recent", "pair", algorithm="sha256").digest()
