"""The matcher of a site of several processes: stands by, leads, stands by.

While it leads it follows who comes and goes, and compares its pool with the
store every so often, because news may be lost. Its claims carry the token of its
lease: one that has been deposed and does not know it cannot pair anybody.
"""

import asyncio
import logging
from collections.abc import Callable

from common import clock
from common.ids import TicketId, WorkerId
from matching.domain.policy import LEASES, POLICY, LeasePolicy, MatchPolicy
from matching.domain.recent import RecentPairs
from matching.domain.ticket_text import read
from matching.listener import Listener
from matching.matcher_lease import MatcherLease
from matching.redis_scripts import CAME, NEWS
from matching.runner import Runner
from matching.store import DeposedError, StoreUnreachableError
from matching.store_redis import RedisTicketStore

logger = logging.getLogger(__name__)


class Matcher:
    """One process that matches when it is its turn."""

    def __init__(
        self,
        own: WorkerId,
        *,
        policy: MatchPolicy = POLICY,
        leases: LeasePolicy = LEASES,
        steady: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Prepare; `run` does the work."""
        self._lease = MatcherLease(own, policy=leases)
        self._policy = policy
        self._leases = leases
        self._steady = steady
        self._recent = RecentPairs()
        self.leading = asyncio.Event()

    async def run(self) -> None:
        """Stand by and lead in turn until cancelled; then give up the lease."""
        while True:
            token = await self._acquire()
            if token is None:
                await asyncio.sleep(self._leases.standby_seconds)
                continue
            try:
                await self._lead(token)
            finally:
                self.leading.clear()
                await self._lease.release(token)

    async def _acquire(self) -> str | None:
        try:
            return await self._lease.acquire()
        except StoreUnreachableError:
            return None

    async def _lead(self, token: str) -> None:
        """Match until deposed."""
        logger.info("leads as %s", token)
        try:
            async with asyncio.TaskGroup() as term:
                _ = term.create_task(self._hold(token))
                await self._serve(term, token)
        except* DeposedError:
            logger.warning("leads no more as %s", token)

    async def _serve(self, term: asyncio.TaskGroup, token: str) -> None:
        store = RedisTicketStore(self._policy, leases=self._leases, token=token)
        runner = Runner(store, policy=self._policy, recent=self._recent)
        listener = Listener(
            NEWS, lambda news: follow(runner, news), policy=self._leases
        )
        _ = term.create_task(listener.run())
        await listener.ready()
        _ = term.create_task(runner.run())
        _ = term.create_task(self._compare(store, runner))
        self.leading.set()

    async def _hold(self, token: str) -> None:
        """Renew the lease until it is lost."""
        renewed = self._steady()
        while self._steady() - renewed < self._leases.matcher_seconds:
            await asyncio.sleep(self._leases.matcher_renew_seconds)
            began = self._steady()
            try:
                if not await self._lease.hold(token):
                    break
                renewed = began
            except StoreUnreachableError:
                continue
        raise DeposedError(token)

    async def _compare(self, store: RedisTicketStore, runner: Runner) -> None:
        """Load who waits, and again every so often: news may be lost."""
        while True:
            try:
                await compare(store, runner)
            except StoreUnreachableError:
                logger.warning("the store did not say who waits")
            await asyncio.sleep(self._leases.compare_seconds)


def follow(runner: Runner, news: bytes) -> None:
    """Tell a runner who came or left."""
    what, rest = news[:1], news[1:]
    if what == CAME:
        runner.offer(read(rest))
    else:
        runner.withdraw(TicketId(rest.decode()))


async def compare(store: RedisTicketStore, runner: Runner) -> None:
    """Offer a runner whom it lacks, and take out who does not wait any more.

    Who came while the store was asked is left alone: the answer may be older.
    """
    known = runner.waiting()
    waiting = await store.ids()
    for left in known - waiting:
        runner.withdraw(left)
    for ticket in await store.read(waiting - runner.waiting()):
        runner.offer(ticket)
