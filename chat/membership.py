"""What this process is among several: its lease, its relay, and who died.

Joined with the first socket, and only where processes share their state. What
follows from news of the others:

    another process died    sockets here that it was the home of must move, and
                            those of its sockets that talk here are lost
    the lease ran out       nothing is stamped or passed on until every record
                            was read again
    the store came back     every record is written back from memory
    empty
"""

import asyncio
import logging
from collections import deque
from functools import cache

from chat.background import spawn
from chat.close_codes import CloseCode
from chat.connections import Connection, registry
from chat.conversation_stores import conversation_store
from chat.domain import passage
from chat.domain.passage import Kind
from chat.domain.record import RecordError, may_write
from chat.far import FarConnection
from chat.home_answers import home_answers
from chat.invitations import uninvited
from chat.lease import Hooks, Lease
from chat.live import LiveConversation, conversations
from chat.relay import relay
from chat.seats import FarSeat
from chat.standing import standing
from chat.switchboard import heed
from chat.worker_directory import workers
from chat.workers import WorkerFacts
from common import clock
from common.ids import WorkerId
from common.redis import configured
from common.worker import worker_id

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.2


class Membership:
    """The lease and the relay of this process."""

    def __init__(self) -> None:
        """Join nothing yet."""
        self._held: deque[tuple[WorkerId, bytes]] = deque()
        self._settling = False
        self._lapses = 0
        self._lease = Lease(
            workers(),
            own=worker_id(),
            facts=facts,
            store_age=conversation_store().age_seconds,
            hooks=Hooks(
                on_lapsed=self._lapsed,
                on_store_lost=_write_back,
                on_dead=self._dead,
            ),
        )
        self._task: asyncio.Task[None] | None = None
        self._joining = asyncio.Lock()

    async def join(self) -> None:
        """Hold a lease and listen to the others; a second time is ignored."""
        async with self._joining:
            if self._task is not None:
                return
            await relay().start(heed=self._heed, restarted=self._cut)
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._lease.run(), name="lease")
            try:
                while not self._lease.valid(clock.monotonic()):  # noqa: ASYNC110  it renews by itself
                    await asyncio.sleep(0.01)
            finally:  # also when the socket that waited for it is gone
                standing().answer_to(self._lease.valid, lapsed=self._lapsed)

    async def leave(self) -> None:
        """Give the lease up, after everything that was still to be sent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            await relay().stop()

    def _heed(self, worker: WorkerId, raw: bytes) -> None:
        """Take a passage now, or once this process may act again."""
        self._lease.watch(worker)
        if standing().sure() and not self._held:
            heed(worker, raw)
        else:
            self._held.append((worker, raw))

    def _lapsed(self) -> None:
        standing().doubt()
        self._lapses += 1
        if not self._settling:
            self._settling = True
            spawn(self._settle(), name="reading the records again")

    async def _settle(self) -> None:
        try:
            while not await self._read_again():  # noqa: ASYNC110  the store tells nobody
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        finally:
            self._settling = False
        standing().settle()
        _knock()
        while self._held and standing().sure():
            heed(*self._held.popleft())

    async def _read_again(self) -> bool:
        """Drop what has another home by now; says whether everything was read."""
        if not self._lease.valid(clock.monotonic()):
            return False
        lapses = self._lapses
        try:
            for live in tuple(conversations().values()):
                await _drop_if_elsewhere(live)
        except Exception as error:  # noqa: BLE001  the store is away: read again
            logger.warning("records cannot be read: %s", type(error).__name__)
            return False
        # What was read before another lapse may be old by now.
        return self._lapses == lapses and self._lease.valid(clock.monotonic())

    def _dead(self, worker: WorkerId) -> None:
        """Bury another process."""
        relay().forget(worker)
        self._cut(worker)

    def _cut(self, worker: WorkerId) -> None:
        """Go on without what was said to or by another process until now."""
        for connection in registry().everyone():
            seat = connection.seat
            if isinstance(seat, FarSeat) and seat.home == worker:
                _unseat(connection, seat)
        for live in tuple(conversations().values()):
            for endpoint in live.endpoints:
                if isinstance(endpoint, FarConnection) and endpoint.worker == worker:
                    live.lose(endpoint)


def _knock() -> None:
    """Find out which homes of sockets here took this process for dead meanwhile.

    Theirs of the two links starts anew then, and so these sockets move: else they
    would not learn that their partners are told that they are away.
    """
    guests = [each.seat for each in registry().everyone()]
    seats = {seat.home: seat for seat in guests if isinstance(seat, FarSeat)}
    for home, seat in seats.items():
        nobody = passage.write(Kind.LOST, passage.NO_SOCKET, seat.conversation)
        relay().send(home, nobody)


def _unseat(connection: Connection, seat: FarSeat) -> None:
    """Let a socket of this process find another home for its conversation."""
    if seat.invited is not None:  # no match has reached it: it waits on
        uninvited(connection, seat.conversation)
    elif home_answers().waits(connection.number):
        connection.seat = None
        home_answers().unknown(connection.number)  # it looks again by itself
    else:
        connection.seat = None
        connection.close(CloseCode.MOVED)


async def _drop_if_elsewhere(live: LiveConversation) -> None:
    try:
        record = await conversation_store().get(live.id)
    except RecordError:  # only another home can have written it
        live.drop()
        return
    if may_write(live.record, over=record):
        live.write_back()
    else:
        live.drop()


def _write_back() -> None:
    for live in tuple(conversations().values()):
        live.write_back()


def facts() -> WorkerFacts:
    """Say what this process carries."""
    return WorkerFacts(
        online=registry().online,
        conversations=len(conversations()),
        draining=standing().draining,
    )


@cache
def membership() -> Membership:
    """Return the membership of this process."""
    return Membership()


async def ensure_joined() -> None:
    """Be one of several processes, where there are several."""
    if configured():
        await membership().join()
