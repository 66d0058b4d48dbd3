"""One visitor on one socket at a time: connects, comes back, takes what arrives."""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.wire_client import records, socket
from tests.wire_client.conversation import Conversation
from tests.wire_client.franking import Payload, Sealed
from tests.wire_client.handshake import NO_CALLS, IntegrityError
from tests.wire_client.keeper import Keeper
from tests.wire_client.opening import DroppedError
from tests.wire_client.pace import Pace
from tests.wire_client.rest import Visitor
from tests.wire_client.socket import ClosedError, Frame, Socket


@dataclass(slots=True)
class Listener:
    """What a client keeps while frames and records arrive.

    Args:
        visitor: who connects.
        suites: encryption suites offered, 1 and 2.
        fingerprint: of the certificate for calls; `NO_CALLS` without.
        acknowledges: whether messages are acknowledged as they are verified.

    """

    visitor: Visitor
    suites: tuple[int, ...] = (1, 2)
    fingerprint: bytes = NO_CALLS
    acknowledges: bool = True
    socket: Socket = field(init=False)
    hello: Frame = field(init=False)
    pace: Pace = field(init=False)
    conversation: Conversation | None = None
    keeper: Keeper | None = None
    heard: list[Payload] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    endings: list[Frame] = field(default_factory=list)
    ladder: Frame = field(default_factory=dict)
    partner_here: bool = True
    _unheard: list[Payload] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _sockets: int = 0
    _owing: bool = False

    # --- the socket -----------------------------------------------------------

    async def connect(
        self, *, origin: str | None = None, resume_token: str | None = None
    ) -> Frame:
        """Open a socket with a fresh ticket; returns `hello`."""
        ticket = await self.visitor.ticket(resume_token=resume_token)
        self._sockets += 1
        own = self._sockets  # an older socket's frames have no effect any more

        def on_frame(frame: Frame) -> None:
            if own == self._sockets:
                self._frame(frame)

        def on_binary(raw: bytes) -> None:
            if own == self._sockets:
                self._binary(raw)

        self.socket = await socket.open_with(
            ticket,
            origin=origin,
            on_frame=on_frame,
            on_binary=on_binary,
            on_close=self._closed,
        )
        self.hello = await self.socket.expect("hello")
        limits = self.hello["limits"]
        if resume_token is None:  # a conversation keeps its pace
            self.pace = Pace(limits["burst"], limits["per_second"], limits["unacked"])
        return self.hello

    async def resume(self, *, within: float = 10.0) -> Frame:
        """Go on with the conversation on a newer socket.

        Returns:
            `conversation.resumed`, or `conversation.ended` in its place.

        Raises:
            ClosedError: the newer socket was closed before an answer.
            TimeoutError: none came in `within` seconds; the socket is given up.

        """
        talk = self._talk()
        await self.connect(resume_token=talk.resume_token)
        try:
            await self.send("resume", **talk.resume_fields())
            return await self._about(
                "conversation.resumed", "conversation.ended", within=within
            )
        except TimeoutError:
            await self.socket.kill()
            raise

    async def drop(self) -> None:
        """Lose the socket as a dead network does."""
        await self.socket.kill()

    async def send(self, kind: str, **fields: object) -> None:
        """Send a JSON frame about the present conversation."""
        head = {"type": kind, "conversation": self._talk().name}
        await self.socket.send(head | fields)

    async def transmit(self, sealed: Sealed) -> None:
        """Send a sealed message at once, whatever the limits say."""
        await self.socket.send_raw(self._talk().message(sealed))

    async def acknowledge(self, up_to: int) -> None:
        """Say that everything below `up_to` was received and verified."""
        talk = self._talk()
        await self.socket.send_raw(records.ack(slot=talk.slot, up_to=up_to))
        talk.told = max(talk.told, up_to)

    # --- what arrives ---------------------------------------------------------

    def _talk(self) -> Conversation:
        if self.conversation is None:
            raise LookupError("not in a conversation")
        return self.conversation

    async def _about(self, *kinds: str, within: float = 5.0) -> Frame:
        name = self._talk().name
        return await self.socket.expect(*kinds, within=within, conversation=name)

    def _frame(self, frame: Frame) -> None:
        if self.keeper is not None:
            self.keeper.alive()
        try:
            match frame["type"]:
                case "conversation.matched":
                    self._begin(frame)
                case "conversation.resumed":
                    self._resumed(frame)
                case "conversation.ended":
                    self._ended(frame)
                case "partner.away" | "partner.back" as news:
                    self._partner(here=news == "partner.back")
                case "ladder.state":
                    self._climbed(frame)
                case "error":
                    self._refused(frame)
        except IntegrityError as error:
            self._refuse(str(error))

    def _closed(self) -> None:
        if self.keeper is not None:
            self.keeper.look()

    def _begin(self, matched: Frame) -> None:
        if self.conversation and self.conversation.name == matched["conversation"]:
            raise IntegrityError("matched twice")
        self.conversation = Conversation(matched, bytes(self.suites), self.fingerprint)
        self.ladder, self.partner_here = matched["ladder"], True

    def _resumed(self, frame: Frame) -> None:
        talk = self._talk()
        talk.take_resumed(frame)
        self._climbed(frame["ladder"])
        self.partner_here = frame["partner"] == "here"
        if self.keeper is not None:
            self.keeper.resumed(frame)
        elif self.partner_here:
            self._later(self._again(talk.acked))

    def _ended(self, frame: Frame) -> None:
        self.endings.append(frame)
        if self.keeper is not None and frame["conversation"] == self._talk().name:
            self.keeper.ended(frame)

    def _partner(self, *, here: bool) -> None:
        self.partner_here = here
        if self.keeper is not None:
            self.keeper.partner(here=here)
        elif here:
            self._later(self._again(self._talk().acked))

    def _climbed(self, ladder: Frame) -> None:
        if ladder["version"] > self.ladder["version"]:
            self.ladder = ladder

    def _refused(self, error: Frame) -> None:
        after = error.get("retry_after_ms", 0) / 1000
        if error.get("expected") is None:
            if error["code"] == "rate_limited" and self.heard:
                self._later(self._pay(after))  # it may have been an acknowledgement
        elif self.keeper is not None:
            self.keeper.refused(error)
        else:
            self._later(self._again(error["expected"], after=after))

    def _refuse(self, why: str) -> None:
        self.dropped.append(why)
        self._later(self.send("conversation.leave", reason="integrity"))

    def _binary(self, raw: bytes) -> None:
        if self.keeper is not None:
            self.keeper.alive()
        for kind, body in records.split(raw):
            received = records.read(kind, body)
            if received is not None and received.slot == self._talk().slot:
                self._take(received)

    def _take(self, received: records.Received) -> None:
        talk = self._talk()
        try:
            match received:
                case records.Acked(next=number):
                    self._acked(talk, number)
                case records.Stamped(seq=seq):
                    talk.take_stamp(received)
                    if self.keeper is not None:
                        self.keeper.outbox.stamped(seq)
                case records.Deliver():
                    self._hear(talk.open(received))
        except DroppedError as drop:
            self._refuse(drop.code)
        except IntegrityError as error:
            self._refuse(str(error))

    def _acked(self, talk: Conversation, number: int) -> None:
        before = talk.acked
        talk.take_acked(number)
        if self.keeper is not None and talk.acked > before:
            self.keeper.acked()

    def _hear(self, payload: Payload | None) -> None:
        if payload is not None:
            self.heard.append(payload)
            self._unheard.append(payload)
            if self.keeper is not None:
                self.keeper.note("heard", payload.seq)
        if self.acknowledges and not self._owing:
            self._owing = True
            self._later(self._pay())

    async def _pay(self, after: float = 0.0) -> None:
        """Acknowledge everything that has arrived by now, at once."""
        if after:
            await asyncio.sleep(after)
        self._owing = False
        await self.acknowledge(self._talk().received)

    async def _again(self, first: int, *, after: float = 0.0) -> None:
        """Send again from a number on, in order."""
        talk = self._talk()
        await asyncio.sleep(after)
        for seq in range(first, len(talk.sealed)):
            await self.pace.turn()
            await self.transmit(talk.sealed[seq])

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._unless_closed(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _unless_closed(self, work: Coroutine[Any, Any, None]) -> None:
        with contextlib.suppress(ClosedError):
            await work
