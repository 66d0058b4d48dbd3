"""The way of conversation frames between processes: one link to each other one.

Frames that are sent in one turn of the loop leave together, each process's in
one batch. Under load they are gathered for a moment first, which halves what a
message costs. One timer serves all links.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from chat.bus import Bus
from chat.bus_redis import RedisBus
from chat.domain.link import NAME_BYTES, BatchRefusedError, Link
from chat.domain.policy import LINK, RELAY, LinkPolicy, RelayPolicy
from common.ids import WorkerId
from common.redis import configured
from common.worker import worker_id

logger = logging.getLogger(__name__)

Heed = Callable[[WorkerId, bytes], None]
Restarted = Callable[[WorkerId], None]


class Relay:
    """Sends frames to other processes, and heeds what they send."""

    def __init__(
        self,
        bus: Bus,
        *,
        own: WorkerId,
        policy: RelayPolicy = RELAY,
        link_policy: LinkPolicy = LINK,
    ) -> None:
        """Prepare; `start` connects."""
        self._bus = bus
        self._own = own
        self._policy = policy
        self._link_policy = link_policy
        self._links: dict[WorkerId, Link] = {}
        self._generations: dict[WorkerId, int] = {}
        self._ready: dict[WorkerId, Link] = {}
        self._leaving: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._sent = 0
        self._looked = 0.0
        self._crowded = False

    async def start(self, *, heed: Heed, restarted: Restarted) -> None:
        """Connect the bus; frames and news come in the running loop.

        Args:
            heed: takes each frame, once, in the order of its sender.
            restarted: told that whatever was exchanged with a process may be
                incomplete; the frames heeded after it are a new beginning.

        """
        self._heed = heed
        self._restarted = restarted
        self._loop = asyncio.get_running_loop()
        await self._bus.start(self._take)

    async def stop(self) -> None:
        """Send what waits once more, then let go of the bus."""
        self._flush()
        for handle in (self._leaving, self._timer):
            if handle is not None:
                handle.cancel()
        self._leaving = self._timer = None
        await self._bus.stop()

    def send(self, to: WorkerId, frame: bytes) -> None:
        """Send a frame, resent until the process takes it or is forgotten."""
        link = self._links.get(to) or self._meet(to)
        link.send(frame)
        self._sent += 1
        if to not in self._ready:
            self._want_flush(to, link)

    def forget(self, worker: WorkerId) -> None:
        """Drop the link to a process that is gone, and all that waits for it.

        Should it come back after all, both sides start anew, and both hear of it.
        """
        self._ready.pop(worker, None)
        link = self._links.pop(worker, None)
        if link is not None:
            self._generations[worker] = link.generation
            if len(self._generations) > self._policy.links:
                del self._generations[next(iter(self._generations))]

    def _meet(self, worker: WorkerId) -> Link:
        """Make a link, of a generation above any earlier one's."""
        if len(self._links) >= self._policy.links:
            self._forget_an_idle_one()
        link = self._links[worker] = Link(
            own=self._own,
            peer=worker,
            generation=self._generations.pop(worker, 0) + 1,
            policy=self._link_policy,
        )
        return link

    def _forget_an_idle_one(self) -> None:
        idle = (worker for worker, link in self._links.items() if link.idle)
        worker = next(idle, None)
        if worker is not None:
            self.forget(worker)

    def _want_flush(self, worker: WorkerId, link: Link) -> None:
        """Flush at the end of this turn; a moment later when there is much."""
        self._ready[worker] = link
        if self._leaving is not None:
            return
        now, policy = self._loop.time(), self._policy
        past = now - self._looked
        if past >= policy.look_seconds:
            self._crowded = self._sent * policy.look_seconds > policy.crowd * past
            self._sent, self._looked = 0, now
        self._leaving = (
            self._loop.call_later(policy.gather_seconds, self._flush)
            if self._crowded
            else self._loop.call_soon(self._flush)
        )

    def _flush(self) -> None:
        self._leaving = None
        ready, self._ready = self._ready, {}
        now = self._loop.time()
        batches: list[tuple[WorkerId, bytes]] = []
        for worker, link in ready.items():
            if link.broken:
                self._restart(worker, link)
            batches += [(worker, batch) for batch in link.flush(now)]
            self._arm(link)
        if batches:
            self._bus.publish(batches)

    def _restart(self, worker: WorkerId, link: Link) -> None:
        logger.warning("The link to process %s starts anew", worker)
        link.restart()
        self._tell(self._restarted, worker)

    def _take(self, batch: bytes) -> None:
        """Take a batch from the bus."""
        worker = WorkerId(batch[:NAME_BYTES].hex())
        try:
            link = self._links.get(worker) or self._meet(worker)
            received = link.receive(batch, self._loop.time())
        except (BatchRefusedError, ValueError):
            logger.warning("A batch of %d bytes was refused", len(batch))
            return
        if received.restarted:
            self._tell(self._restarted, worker)
        for frame in received.frames:
            self._tell(self._heed, worker, frame)
        if self._links.get(worker) is link:  # no frame led to its being forgotten
            self._mind(worker, link)

    def _tell(self, whom: Callable[..., None], *what: object) -> None:
        """One frame that fails must not take the others with it."""
        try:
            whom(*what)
        except Exception as error:  # noqa: BLE001  whatever a frame led to
            # The type alone: a message could quote what a client sent.
            logger.error("Heeding the relay failed: %r", type(error))  # noqa: TRY400

    def _arm(self, link: Link) -> None:
        """Wake up for this link, if no earlier deadline does it anyway."""
        due = link.next_due()
        if due is None or (self._timer is not None and self._timer_at <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        self._timer = self._loop.call_at(due, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = self._loop.time()
        batches: list[tuple[WorkerId, bytes]] = []
        for worker, link in self._links.items():
            due = link.next_due()
            if due is not None and due <= now:
                batches += [(worker, batch) for batch in link.tick(now)]
            self._mind(worker, link)
        if batches:
            self._bus.publish(batches)

    def _mind(self, worker: WorkerId, link: Link) -> None:
        """See to what a link wants next."""
        if link.ready or link.broken:
            self._want_flush(worker, link)
        self._arm(link)


@cache
def relay() -> Relay:
    """Return the relay of this process; there is one only where Redis is.

    Raises:
        ImproperlyConfigured: `REDIS_URL` is not set.

    """
    if not configured():
        raise ImproperlyConfigured("A relay between processes needs REDIS_URL")
    return Relay(RedisBus(settings.REDIS_URL, own=worker_id()), own=worker_id())
