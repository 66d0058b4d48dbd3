"""The own lease of this process, and its eye on those of others.

Whoever has not renewed for the length of a lease may have lost its
conversations to another process, without having noticed: it was paused, or cut
off. So before anything is stamped or forwarded, `valid` is asked. It compares
two times of the steady clock, which ran on during a pause, and counts from when
the last successful renewal *began*: by the store's clock the lease ends later.

Every lapse is followed, once the lease is held again, by `on_store_lost`: write
back what you hold, and learn from `False` what is yours no longer. It is also
called when the store came back empty, after which the leases of others are not
trusted to be complete until they have had the time to renew.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import ParamSpec

from chat.domain.policy import LEASE, RECORD, LeasePolicy
from chat.workers import WorkerFacts, Workers
from common import clock
from common.ids import WorkerId

logger = logging.getLogger(__name__)

_P = ParamSpec("_P")

# A lease that is about to run out is looked at again just after it has.
_AFTER_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What to do when something happened; called in the event loop, quickly."""

    on_lapsed: Callable[[], None]
    """The lease has run out, before anything is done to have it again."""
    on_store_lost: Callable[[], None]
    """The lease is held (again), but the store may know nothing of us."""
    on_dead: Callable[[WorkerId], None]
    """The lease of a watched worker is gone; it is watched no longer."""


class Lease:
    """Renews while `run` runs."""

    def __init__(
        self,
        workers: Workers,
        *,
        own: WorkerId,
        facts: Callable[[], WorkerFacts],
        store_age: Callable[[], Awaitable[float]],
        hooks: Hooks,
        policy: LeasePolicy = LEASE,
        young_seconds: float = RECORD.young_seconds,
        now: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Hold nothing yet.

        Args:
            workers: where leases are kept.
            own: this process.
            facts: what it says of itself at each renewal.
            store_age: seconds for which that store has existed.
            hooks: whom to tell.
            policy: how long, how often.
            young_seconds: for which a store is not trusted to know all leases.
            now: the steady clock.

        """
        self._workers = workers
        self._own = own
        self._facts = facts
        self._store_age = store_age
        self._hooks = hooks
        self._policy = policy
        self._young_seconds = young_seconds
        self._now = now
        self._renewed = -math.inf
        self._held = False
        self._failures = 0
        self._born = -math.inf
        self._watched: set[WorkerId] = set()

    def valid(self, now: float) -> bool:
        """Say whether nobody can have taken this process for dead."""
        return now - self._renewed < self._policy.lease_seconds

    def watch(self, worker: WorkerId) -> None:
        """Call `on_dead` once when this worker has no lease (any more)."""
        self._watched.add(worker)

    def unwatch(self, worker: WorkerId) -> None:
        """Care no longer."""
        self._watched.discard(worker)

    async def run(self) -> None:
        """Renew and look until cancelled; then give the lease up."""
        try:
            while True:
                pause = await self.turn()
                await asyncio.sleep(pause)
        finally:
            self._renewed = -math.inf
            self._held = False
            await self._resign()

    async def turn(self) -> float:
        """Do what is due; says after how many seconds to come again."""
        self._notice_lapse()
        try:
            if self._due_in() <= 0:
                await self._renew()
            pause = min(await self._look(), self._due_in())
        except Exception as error:  # noqa: BLE001  whatever it is, it is tried again
            return self._failed(error)
        self._failures = 0
        return max(0.0, pause)

    def _due_in(self) -> float:
        return self._renewed + self._policy.renew_seconds - self._now()

    def _notice_lapse(self) -> None:
        if self._held and not self.valid(self._now()):
            self._held = False
            _tell(self._hooks.on_lapsed)

    async def _renew(self) -> None:
        began = self._now()
        async with asyncio.timeout(self._policy.look_seconds):
            known = await self._workers.renew(self._own, self._facts())
            age = await self._store_age()
        self._notice_lapse()  # while it shows: the answer may have come late
        reborn = self._reborn(began - age)
        first = self._renewed == -math.inf
        lost = not (first or (known and self._held and not reborn))
        self._renewed = began
        self._held = self.valid(self._now())
        if lost and self._held:
            _tell(self._hooks.on_store_lost)

    def _reborn(self, born: float) -> bool:
        """Compare the store's birth, by our clock, with what it was last time.

        Redis may have restarted, and the answer to the renewal that followed
        may have been lost: then the next one finds the lease there.
        """
        before, self._born = self._born, born
        return born - before > self._policy.slack_seconds

    async def _look(self) -> float:
        """Find the dead among the watched; says when the next could be."""
        watched = frozenset(self._watched)
        if not watched:
            return self._policy.look_seconds
        began = self._now()
        async with asyncio.timeout(self._policy.look_seconds):
            left = await self._workers.seconds_left(watched)
            gone = watched - left.keys()
            if gone and await self._store_is_trusted(since=began):
                self._bury(gone)
        return min([self._policy.look_seconds, *left.values()]) + _AFTER_SECONDS

    async def _store_is_trusted(self, *, since: float) -> bool:
        """Say whether everyone alive had renewed by then, if it came back empty."""
        age = await self._store_age()
        return age - (self._now() - since) >= self._young_seconds

    def _bury(self, gone: Iterable[WorkerId]) -> None:
        for worker in gone:
            self._watched.discard(worker)
            _tell(self._hooks.on_dead, worker)

    def _failed(self, error: Exception) -> float:
        """Come again at once, then every second; say so once."""
        self._failures += 1
        if self._failures == 2:  # noqa: PLR2004  the first may be a stale connection
            logger.warning("the lease cannot be renewed", exc_info=error)
        return 0.0 if self._failures == 1 else self._policy.look_seconds

    async def _resign(self) -> None:
        """Let others notice at once; without it, they will a little later."""
        with suppress(Exception):
            async with asyncio.timeout(self._policy.look_seconds):
                await self._workers.resign(self._own)


def _tell(hook: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs) -> None:
    """Call a hook; its failure must not cost the lease."""
    try:
        hook(*args, **kwargs)
    except Exception as error:  # noqa: BLE001  as said
        # The type alone: a message could quote what a client sent.
        logger.error("%r failed: %r", hook, type(error))  # noqa: TRY400  as above
