"""A client as the protocol describes it, whose sockets come and go.

It is the independent wire client's own bookkeeping (what is sealed, resent,
checked) without a network: the test carries every frame by hand.
"""

import hashlib
from collections import deque
from dataclasses import dataclass, field

from tests.wire_client import records
from tests.wire_client.conversation import NO_SLOT, Conversation
from tests.wire_client.franking import NOTHING_SEEN, Payload, Sealed, seal
from tests.wire_client.handshake import NO_CALLS, OTHER_ROLE, IntegrityError, Keys
from tests.wire_client.opening import DroppedError, Inbox
from tests.wire_client.outbox import Outbox
from tests.wire_client.pace import Pace

Frame = dict[str, object]


def derived(*parts: object) -> bytes:
    """Make 32 bytes that depend on nothing but what is named."""
    return hashlib.sha256(repr(parts).encode()).digest()


@dataclass(slots=True)
class Talk(Conversation):
    """A conversation past its handshake, in which nothing is left to chance."""

    def agree(self) -> "Talk":
        """Derive the keys that both sides share."""
        ways = {role: derived("way", role) for role in "AB"}
        self.keys = Keys(
            shared=b"",
            transcript=b"",
            key=ways,
            iv={role: way[:12] for role, way in ways.items()},
            confirm={},
            sas=b"",
        )
        theirs = self.direction(OTHER_ROLE[self.role])
        self.inbox = Inbox(theirs, kid=self.matched["kid"])
        return self

    def seal(self, body: bytes, *, kind: int = 1) -> Sealed:
        """Seal for good, with a key that follows from number and text."""
        seen = self.told - 1 if self.told else NOTHING_SEEN
        seq = len(self.sealed)
        payload = Payload(kind=kind, seq=seq, peer_seen=seen, body=body)
        key = derived(self.sid, self.role, seq, body)
        self.sealed[seq] = seal(self.direction(self.role), payload, key=key)
        return self.sealed[seq]


@dataclass(slots=True)
class Line:
    """One socket: a stream each way that a cut may shorten, never reorder."""

    number: int
    up: deque[bytes | Frame] = field(default_factory=deque)
    down: deque[bytes | Frame] = field(default_factory=deque)
    left: bool = False
    """The client is gone: after `up` the server finds the end."""
    closed: bool = False
    """The server has closed it: after `down` the client finds the end."""


class Wanderer:
    """One side of the conversation, on at most one socket at a time."""

    def __init__(
        self,
        matched: dict[str, object],
        *,
        now: float,
        patient: bool,
        window: int,
        burst: int,
    ) -> None:
        """Sit where the handshake has just been done.

        Args:
            matched: as `conversation.matched` named it.
            now: seconds of the test's clock.
            patient: whether window and pace are kept; else the relay refuses.
            window: messages unacknowledged.
            burst: messages at once.

        """
        self.talk = Talk(matched, b"\x01\x02", NO_CALLS).agree()
        limits = (burst, 2, window) if patient else (10**6, 10**6, 10**6)
        self.outbox = Outbox(self.talk, Pace(*limits, now=now))
        self.line: Line | None = None
        self.heard: list[str] = []
        self.written: list[str] = []
        self.dropped: list[str] = []
        self.endings: list[str] = []
        self.gone = False
        self.resumes = 0

    @property
    def role(self) -> str:
        """A or B."""
        return self.talk.role

    @property
    def over(self) -> bool:
        """Whether the conversation has ended for this side, or it gave up."""
        return bool(self.endings) or self.gone

    # --- what it does -----------------------------------------------------------

    def write(self) -> None:
        """Write one more line."""
        self.written.append(f"{self.role} says {len(self.written)}")
        self.outbox.written.append(self.written[-1])

    def send(self, now: float, most: int = 1000) -> int:
        """Send what may go now; says how much it was."""
        if self.line is None or self.talk.slot == NO_SLOT or self.over:
            return 0
        for count in range(most):
            move = self.outbox.next(now)
            if not isinstance(move, Sealed):
                return count
            self.line.up.append(self.talk.message(move))
        return most

    def acknowledge(self) -> None:
        """Say what has arrived."""
        if self.line is not None and self.talk.slot != NO_SLOT:
            self.talk.told = max(self.talk.told, self.talk.received)
            ack = records.ack(slot=self.talk.slot, up_to=self.talk.received)
            self.line.up.append(ack)

    def resume(self, line: Line) -> None:
        """Open a newer socket and ask to go on."""
        self.resumes += 1
        self.line = line
        line.up.append({"type": "resume", **self.talk.resume_fields()})

    def drop(self, arrives: int) -> None:
        """Lose the socket; of what is on its way so much still arrives."""
        if self.line is not None:
            while len(self.line.up) > arrives:
                self.line.up.pop()
            self.line.left = True
            self.line = None

    # --- what it hears ----------------------------------------------------------

    def take(self, now: float) -> None:
        """Take the next that came down."""
        assert self.line is not None
        if not self.line.down:
            assert self.line.closed
            self.line.left, self.line = True, None
            return
        said = self.line.down.popleft()
        try:
            if isinstance(said, bytes):
                self._records(said, now)
            else:
                self._frame(said, now)
        except (DroppedError, IntegrityError) as error:
            self.dropped.append(f"{error!r} at {said!r}")

    def _frame(self, said: Frame, now: float) -> None:
        match said["type"]:
            case "resumed":
                self.talk.take_resumed(said)
                here = bool(said["here"])
                self.outbox.resumed(accepted=said["accepted"], here=here, now=now)
            case "ended":
                self.endings.append(str(said["reason"]))
            case "away" | "back" as news:
                self.outbox.partner(here=news == "back", now=now)
            case "error" if said["expected"] is not None:
                self.outbox.refused(
                    seq=said["seq"],
                    expected=said["expected"],
                    after=said["after"],
                    now=now,
                )
            case "error":
                assert said["code"] == "rate_limited"
                self.acknowledge()

    def _records(self, raw: bytes, now: float) -> None:
        for kind, body in records.split(raw):
            received = records.read(kind, body)
            assert received is not None
            if received.slot == self.talk.slot:
                self._record(received, now)

    def _record(self, received: records.Received, now: float) -> None:
        match received:
            case records.Acked(next=number):
                before = self.talk.acked
                self.talk.take_acked(number)
                if self.talk.acked > before:
                    self.outbox.acknowledged(now)
            case records.Stamped(seq=seq):
                self.talk.take_stamp(received)
                self.outbox.stamped(seq)
            case records.Deliver():
                payload = self.talk.open(received)
                if payload is not None:
                    self.heard.append(payload.text)
                else:
                    self.acknowledge()
