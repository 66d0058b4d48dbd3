"""A person at a program: meets a stranger over the socket and writes to them.

Typical use::

    ana = await Stranger.arrive("http://127.0.0.1:8000")
    await ana.meet(mode="text")
    await ana.say("hello")
    print((await ana.hear()).text)
    await ana.leave("stop")
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.wire_client import records, socket
from tests.wire_client.conversation import Conversation
from tests.wire_client.franking import TEXT, Payload, Sealed
from tests.wire_client.handshake import NO_CALLS, IntegrityError
from tests.wire_client.opening import DroppedError
from tests.wire_client.pace import Pace
from tests.wire_client.rest import Visitor
from tests.wire_client.socket import Frame, Socket


@dataclass(slots=True)
class Stranger:
    """One visitor on one socket, in at most one conversation at a time.

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
    conversation: Conversation | None = None
    heard: list[Payload] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    ladder: Frame = field(default_factory=dict)
    pace: Pace = field(init=False)
    _unheard: list[Payload] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def arrive(cls, server: str, **options: Any) -> "Stranger":
        """Become a new adult visitor and connect."""
        visitor = await Visitor.begin(server)
        await visitor.state_age()
        stranger = cls(visitor, **options)
        await stranger.connect()
        return stranger

    async def connect(self, *, origin: str | None = None) -> Frame:
        """Open a socket with a fresh ticket; returns `hello`."""
        ticket = await self.visitor.ticket()
        self.socket = await socket.open_with(
            ticket, origin=origin, on_frame=self._frame, on_binary=self._binary
        )
        self.hello = await self.socket.expect("hello")
        limits = self.hello["limits"]
        self.pace = Pace(limits["burst"], limits["per_second"], limits["unacked"])
        return self.hello

    # --- the queue ------------------------------------------------------------

    async def join(self, mode: str = "text", **ticket: object) -> None:
        """Ask for a partner."""
        frame = {"type": "queue.join", "mode": mode, "interests": [], "languages": []}
        await self.socket.send(frame | {"suites": list(self.suites)} | ticket)

    async def leave_queue(self) -> None:
        """Stop asking."""
        await self.socket.send({"type": "queue.leave"})
        await self.socket.expect("queue.left")

    async def matched(self, *, within: float = 5.0) -> Conversation:
        """Wait for a partner."""
        frame = await self.socket.expect("conversation.matched", within=within)
        assert self.conversation is not None
        assert self.conversation.matched == frame
        return self.conversation

    async def secure(self) -> Conversation:
        """Do the handshake; a failed check leaves with `integrity` and raises."""
        talk = self._talk()
        try:
            await self.send("e2e.commit", **talk.commit_fields())
            commit = await self._about("e2e.commit")
            await self.send("e2e.reveal", **talk.reveal_fields())
            talk.take_reveal(commit["commitment"], await self._about("e2e.reveal"))
            await self.send("e2e.confirm", **talk.confirm_fields())
            talk.take_confirm(await self._about("e2e.confirm"))
        except IntegrityError:
            await self.leave("integrity")
            raise
        return talk

    async def meet(
        self, mode: str = "text", *, within: float = 5.0, **ticket: object
    ) -> Conversation:
        """Join, be matched, do the handshake."""
        await self.join(mode, **ticket)
        await self.matched(within=within)
        return await self.secure()

    # --- talking --------------------------------------------------------------

    async def say(self, text: str, *, kind: int = TEXT) -> Sealed:
        """Send a message as soon as window and rate allow."""
        talk = self._talk()
        await self.socket.until(
            lambda: len(talk.sealed) - talk.acked < self.pace.window
        )
        await self.pace.turn()
        sealed = talk.seal(text.encode(), kind=kind)
        await self.transmit(sealed)
        return sealed

    async def transmit(self, sealed: Sealed) -> None:
        """Send a sealed message at once, whatever the limits say."""
        await self.socket.send_raw(self._talk().message(sealed))

    async def hear(self, *, within: float = 5.0) -> Payload:
        """Take the next verified message of the partner."""
        await self.socket.until(lambda: bool(self._unheard), within=within)
        return self._unheard.pop(0)

    async def acknowledged(self, sealed: Sealed, *, within: float = 5.0) -> None:
        """Wait until the partner has verified this message."""
        talk = self._talk()
        await self.socket.until(lambda: talk.acked > sealed.seq, within=within)

    async def acknowledge(self, up_to: int) -> None:
        """Say that everything below `up_to` was received and verified."""
        talk = self._talk()
        await self.socket.send_raw(records.ack(slot=talk.slot, up_to=up_to))
        talk.told = max(talk.told, up_to)

    async def typing(self, *, active: bool) -> None:
        """Say that one is writing, or no more."""
        await self.send("typing", active=active)

    async def climb(self, verb: str, step: str) -> None:
        """Send `ladder.propose`, `.accept`, `.decline` or `.down`."""
        await self.send(f"ladder.{verb}", step=step)

    async def reach(self, step: str, *, within: float = 5.0) -> Frame:
        """Wait until the ladder stands at a step without an open proposal."""
        await self.socket.until(
            lambda: self.ladder["step"] == step and not self.ladder.get("proposal"),
            within=within,
        )
        return self.ladder

    async def leave(self, reason: str = "next", **fields: str) -> Frame:
        """Leave the conversation; returns `conversation.ended`."""
        await self.send("conversation.leave", reason=reason, **fields)
        return await self.ended()

    async def ended(self, *, within: float = 5.0) -> Frame:
        """Wait for the end of the conversation."""
        return await self._about("conversation.ended", within=within)

    # --- the socket -----------------------------------------------------------

    async def send(self, kind: str, **fields: object) -> None:
        """Send a JSON frame about the present conversation."""
        head = {"type": kind, "conversation": self._talk().name}
        await self.socket.send(head | fields)

    async def settled(self) -> None:
        """Wait until the server has dealt with everything sent before."""
        mark = len(self.socket.frames)
        await self.socket.send({"type": "ping", "t": mark})
        await self.socket.expect("pong", t=mark)

    async def go(self) -> None:
        """Close the socket properly."""
        await self.socket.close()

    # --- what arrives ---------------------------------------------------------

    def _talk(self) -> Conversation:
        if self.conversation is None:
            raise LookupError("not in a conversation")
        return self.conversation

    async def _about(self, kind: str, *, within: float = 5.0) -> Frame:
        name = self._talk().name
        return await self.socket.expect(kind, within=within, conversation=name)

    def _frame(self, frame: Frame) -> None:
        if frame["type"] == "conversation.matched":
            self._begin(frame)
        elif frame["type"] == "ladder.state":
            if frame["version"] > self.ladder["version"]:
                self.ladder = frame
        elif frame["type"] == "error" and frame.get("expected") is not None:
            self._later(self._go_back(frame))

    def _begin(self, matched: Frame) -> None:
        if self.conversation and self.conversation.name == matched["conversation"]:
            self._refuse("matched twice")
            return
        self.conversation = Conversation(matched, bytes(self.suites), self.fingerprint)
        self.ladder = matched["ladder"]

    def _refuse(self, why: str) -> None:
        self.dropped.append(why)
        self._later(self.send("conversation.leave", reason="integrity"))

    def _binary(self, raw: bytes) -> None:
        for kind, body in records.split(raw):
            received = records.read(kind, body)
            if received is not None and received.slot == self._talk().slot:
                self._take(received)

    def _take(self, received: records.Received) -> None:
        talk = self._talk()
        try:
            match received:
                case records.Acked(next=number):
                    talk.acked = max(talk.acked, number)
                case records.Stamped():
                    talk.take_stamp(received)
                case records.Deliver():
                    self._hear(talk.open(received))
        except DroppedError as drop:
            self._refuse(drop.code)

    def _hear(self, payload: Payload | None) -> None:
        inbox = self._talk().inbox
        assert inbox is not None
        if payload is not None:
            self.heard.append(payload)
            self._unheard.append(payload)
        if self.acknowledges:
            self._later(self.acknowledge(inbox.expected))

    async def _go_back(self, refusal: Frame) -> None:
        talk = self._talk()
        await asyncio.sleep(refusal.get("retry_after_ms", 0) / 1000)
        for seq in range(refusal["expected"], len(talk.sealed)):
            await self.pace.turn()
            await self.transmit(talk.sealed[seq])

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
