"""Keeps a stranger's conversation going: says what is written, comes back, resumes.

It runs in the background from `Stranger.keep()` to the end of the conversation.
Its `events` are the record that tests of crashes judge.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.wire_client.franking import Sealed
from tests.wire_client.outbox import Outbox
from tests.wire_client.rest import ProblemError
from tests.wire_client.socket import (
    ClosedError,
    Frame,
    RefusedError,
    UnreachableError,
)

if TYPE_CHECKING:
    from tests.wire_client.stranger import Stranger

FINAL = {1000, 1001, 4400, 4403, 4409}
"""Close codes after which a client does not come back by itself."""
AT_ONCE = {1012, 4401}
"""The server moves, or the ticket was too old: no need to back off."""
TROUBLE = (
    *(ClosedError, UnreachableError, RefusedError, ProblemError),
    *(httpx.TransportError, TimeoutError),
)
SHORTEST_SECONDS, LONGEST_SECONDS = 0.25, 4.0
"""Between two attempts to come back: doubled from the one to the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a time of the loop's clock.

    `kind` is `said` and `heard` (detail: the number), `acked` (how many), `lost`
    (the close code), `trouble` (why coming back failed), `resumed` and `ended`
    (the frame), `away`, `back`, or `over` (why the keeper stopped).
    """

    at: float
    kind: str
    detail: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a client behaves on a bad line; seconds."""

    jitter: float = 3.0
    """A lost socket is replaced after 0 to so many."""
    ping_after: float = 10.0
    dead_after: float = 20.0
    """Without a sign of life: ask for one; take the socket for dead."""
    patience: float = 130.0
    """Window and memory of the server are over: give up."""
    answer: float = 10.0
    """A resume may take 5 s to be answered."""


@dataclass(slots=True)
class Keeper:
    """One conversation of one stranger, on as many sockets as it takes."""

    stranger: "Stranger"
    outbox: Outbox
    manners: Manners = field(default_factory=Manners)
    on_event: Callable[[Event], None] = lambda _: None
    events: list[Event] = field(default_factory=list)
    over: str | None = None
    away_until: float = 0.0
    """The client itself is cut off until then."""
    _stir: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)
    _pinged: bool = False
    _heard_from: float = 0.0

    def start(self) -> None:
        """Begin, on the running loop."""
        self._heard_from = self.now()
        self._task = asyncio.create_task(self._run())

    async def done(self, *, within: float = 10.0) -> str:
        """Wait for the end; says what it was."""
        assert self._task is not None
        async with asyncio.timeout(within):
            await asyncio.shield(self._task)
        assert self.over is not None
        return self.over

    async def happened(
        self, kind: str, *, times: int = 1, within: float = 5.0
    ) -> Event:
        """Wait until something has happened so often; gives the last one."""
        async with asyncio.timeout(within):
            while (
                len(found := [one for one in self.events if one.kind == kind]) < times
            ):
                self._waiting.append(asyncio.get_running_loop().create_future())
                await self._waiting[-1]
        return found[times - 1]

    async def rest(self) -> None:
        """Stop, and leave the socket as it is."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def write(self, text: str) -> None:
        """Say this as soon as it can be said."""
        self.outbox.written.append(text)
        self.look()

    def look(self) -> None:
        """See what can be done now: something has changed."""
        self._stir.set()

    def now(self) -> float:
        """Read the loop's clock."""
        return asyncio.get_running_loop().time()

    def note(self, kind: str, detail: Any = None) -> None:
        """Keep an event."""
        self.events.append(Event(at=self.now(), kind=kind, detail=detail))
        self.on_event(self.events[-1])
        self.look()
        while self._waiting:
            if not (waiter := self._waiting.pop()).done():
                waiter.set_result(None)

    # --- what the stranger hears --------------------------------------------------

    def alive(self) -> None:
        """Note a sign of life of the server."""
        self._heard_from, self._pinged = self.now(), False
        self.look()

    def acked(self) -> None:
        """Go on behind what the partner has."""
        self.outbox.acknowledged(self.now())
        self.note("acked", self.outbox.talk.acked)

    def refused(self, frame: Frame) -> None:
        """Go back to what the relay expects."""
        self.outbox.refused(
            seq=frame["seq"],
            expected=frame["expected"],
            after=frame.get("retry_after_ms", 0) / 1000,
            now=self.now(),
        )

    def resumed(self, frame: Frame) -> None:
        """Go on where the server says that this side stands."""
        here = frame["partner"] == "here"
        self.outbox.resumed(accepted=frame["accepted"], here=here, now=self.now())
        self.note("resumed", frame)

    def partner(self, *, here: bool) -> None:
        """Note that the partner is away, or back."""
        self.outbox.partner(here=here, now=self.now())
        self.note("back" if here else "away")

    def ended(self, frame: Frame) -> None:
        """Note the end; nothing follows."""
        self.over = f"ended: {frame['reason']}"
        self.note("ended", frame)

    # --- the loop -------------------------------------------------------------------

    async def _run(self) -> None:
        while self.over is None:
            self._stir.clear()
            if self.stranger.socket.close_code is not None:
                await self._return(self.stranger.socket.close_code)
                continue
            wait = await self._send_all()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._stir.wait()
        self.note("over", self.over)

    async def _send_all(self) -> float:
        """Send what may go now; says how long to wait for news."""
        with contextlib.suppress(ClosedError):
            while isinstance(move := self.outbox.next(self.now()), Sealed):
                self.note("said", move.seq)
                await self.stranger.transmit(move)
            patience = await self._look_after_socket()
            return patience if move is None else min(move, patience)
        return 0.0

    async def _look_after_socket(self) -> float:
        """Ask a silent server for a sign of life; give a dead socket up."""
        silence = self.now() - self._heard_from
        if silence >= self.manners.dead_after:
            await self.stranger.drop()
            return 0.0
        if silence < self.manners.ping_after:
            return self.manners.ping_after - silence
        if not self._pinged:
            self._pinged = True
            await self.stranger.socket.send({"type": "ping", "t": 0})
        return self.manners.dead_after - silence

    async def _return(self, code: int) -> None:
        """Come back as the close code says, or be over."""
        self.note("lost", code)
        if code in FINAL:
            self.over = f"closed: {code}"
            return
        lost_at, pause = self.now(), SHORTEST_SECONDS
        await self._sleep(random.uniform(0, self.manners.jitter))
        if code not in AT_ONCE and code != 1006:
            await self._sleep(LONGEST_SECONDS)
        while self.now() - lost_at < self.manners.patience:
            await self._sleep(self.away_until - self.now())
            if await self._try():
                return
            await self._sleep(pause * random.uniform(1, 1.5))
            pause = min(LONGEST_SECONDS, pause * 2)
        self.over = "gave up"

    async def _try(self) -> bool:
        try:
            await self.stranger.resume(within=self.manners.answer)
        except TROUBLE as error:
            self.note("trouble", repr(error))
            return False
        self.alive()
        return True

    async def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)
