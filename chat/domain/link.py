"""A reliable, ordered way to one other process, over a bus that may lose.

What lives here: the bytes of a batch, and what both ends of a link do about
batches that are lost, doubled, late or out of order. What may not: what a frame
means, the bus itself, the clock (times are seconds of the caller's steady one).

How it works. Frames that wait together leave as one batch:

    batch = sender[8] || generation u32 || seq u64 || next u64 || frame*
    frame = length u32 || bytes[length]

All integers are big-endian. Batches count from 1; a `seq` of 0 carries no frames,
only the acknowledgement. `next` is the first batch of the other direction that
has not come. Whoever hears nothing of what it published for a while goes back
and publishes all of it again (go-back-N); only the batch that is due is taken.

A link that could not be kept restarts: its generation rises, and with it all
that was before is forgotten, in both directions. The other end follows as soon
as it sees a higher generation, and answers a lower one with its own. Each end
enters a generation once and empty, so what it takes in one is the beginning of
what the other sent in that one. Whoever forgets a link must therefore make the
next one to the same process with a higher generation than the last.
"""

import struct
from dataclasses import dataclass

from chat.domain.policy import LINK, LinkPolicy
from common.ids import WorkerId

_HEAD = struct.Struct(">8sIQQ")
_LENGTH_BYTES = 4
NAME_BYTES = 8
"""At the beginning of each batch: the name of the process that sent it."""


class BatchRefusedError(Exception):
    """No end of this link can have sent this; it changed nothing."""


@dataclass(frozen=True, slots=True)
class Received:
    """What one batch brought: frames in their order, and news of the other end."""

    frames: tuple[bytes, ...] = ()
    restarted: bool = False
    """Something of before is forgotten: these frames are the first of a new
    beginning, and what was sent and not answered may not have arrived."""


_NOTHING = Received()


class Link:
    """One end: `send` and `flush` frames, `receive` batches, `tick` in time.

    All that `flush` and `tick` return must be published to the peer, in order.
    When `broken` is true, nothing more is taken until `restart`.
    """

    __slots__ = (
        "_ack_at",
        "_cursor",
        "_expected",
        "_name",
        "_next",
        "_owed",
        "_pause",
        "_peer",
        "_policy",
        "_queue",
        "_resend_at",
        "_since",
        "_unacknowledged",
        "_waiting",
        "broken",
        "generation",
    )
    generation: int
    """Rises with each restart, on whichever side."""

    broken: bool
    """Too much waits, or nothing was acknowledged for too long."""

    _cursor: int
    _expected: int
    _next: int
    _owed: int
    _waiting: int

    def __init__(
        self,
        *,
        own: WorkerId,
        peer: WorkerId,
        generation: int = 1,
        policy: LinkPolicy = LINK,
    ) -> None:
        """Begin empty; raises `ValueError` if a name is not 16 hex digits."""
        self._name = name_bytes(own)
        self._peer = name_bytes(peer)
        self._policy = policy
        self._begin(generation)

    @property
    def idle(self) -> bool:
        """Whether nothing waits: no frame, no batch, no acknowledgement."""
        return not self.ready and self.next_due() is None

    @property
    def ready(self) -> bool:
        """Whether `flush` has something to publish now."""
        return self._cursor < len(self._unacknowledged) or bool(
            self._queue and self._room
        )

    def send(self, frame: bytes) -> None:
        """Let a frame wait for the next `flush`."""
        if self.broken:
            return
        self._queue.append(len(frame).to_bytes(_LENGTH_BYTES, "big") + frame)
        self._waiting += _LENGTH_BYTES + len(frame)
        self.broken = self._waiting > self._policy.unacknowledged_bytes

    def flush(self, now: float) -> list[bytes]:
        """Return the batches to publish now; the rest waits for room."""
        while self._queue and self._room:
            self._unacknowledged.append(self._cut())
        if self._cursor == len(self._unacknowledged):
            return []
        seq = self._next - len(self._unacknowledged) + self._cursor
        fresh = self._unacknowledged[self._cursor :]
        self._cursor += len(fresh)
        self._await(now)
        return [self._head(seq + place) + each for place, each in enumerate(fresh)]

    def receive(self, batch: bytes, now: float) -> Received:
        """Take what the bus brought.

        Raises:
            BatchRefusedError: it is malformed, or not of the other end.

        """
        generation, seq, acknowledged, frames = self._read(batch)
        if generation < self.generation:
            self._owe(now)
            return _NOTHING
        restarted = generation > self.generation and self._follow(generation)
        self._forget_before(acknowledged, now)
        if not seq:
            return Received(restarted=restarted)
        self._owe(now)
        if seq != self._expected:
            return Received(restarted=restarted)
        self._expected += 1
        return Received(frames, restarted)

    def next_due(self) -> float | None:
        """Say when `tick` must be called, if it must."""
        if self._ack_at is None or self._resend_at is None:
            return self._resend_at if self._ack_at is None else self._ack_at
        return min(self._ack_at, self._resend_at)

    def tick(self, now: float) -> list[bytes]:
        """Return what is due: batches again, or an acknowledgement alone."""
        if self._resend_at is not None and now >= self._resend_at:
            self._go_back(now)
        batches = self.flush(now)
        if batches or self._ack_at is None or now < self._ack_at:
            return batches
        return [self._head(0)]

    def restart(self) -> None:
        """Forget everything, and see to it that the other end learns it."""
        self._begin(self.generation + 1)
        self._next = 2
        self._unacknowledged.append(b"")

    def _begin(self, generation: int) -> None:
        self.generation = generation
        self.broken = False
        self._queue: list[bytes] = []
        self._unacknowledged: list[bytes] = []
        self._cursor = 0
        self._waiting = 0
        self._next = 1
        self._expected = 1
        self._owed = 0
        self._pause = self._policy.resend_seconds
        self._since = 0.0
        self._ack_at: float | None = None
        self._resend_at: float | None = None

    @property
    def _room(self) -> bool:
        return len(self._unacknowledged) < self._policy.window

    def _cut(self) -> bytes:
        """Take the frames of one batch off the queue."""
        room, count = self._policy.batch_bytes, 0
        for frame in self._queue:
            room -= len(frame)
            if room < 0 and count:
                break
            count += 1
        batch = b"".join(self._queue[:count])
        del self._queue[:count]
        self._next += 1
        return batch

    def _head(self, seq: int) -> bytes:
        """Write a header; its acknowledgement is the one that was owed."""
        self._ack_at = None
        self._owed = 0
        return _HEAD.pack(self._name, self.generation, seq, self._expected)

    def _read(self, batch: bytes) -> tuple[int, int, int, tuple[bytes, ...]]:
        """Read a batch whole, before anything changes."""
        if len(batch) < _HEAD.size:
            raise BatchRefusedError
        name, generation, seq, acknowledged = _HEAD.unpack_from(batch)
        frames = tuple(_frames(batch))
        known = self._next if generation == self.generation else 1
        sane = generation < self.generation or 1 <= acknowledged <= known
        if name != self._peer or not generation or not sane or (frames and not seq):
            raise BatchRefusedError
        return generation, seq, acknowledged, frames

    def _follow(self, generation: int) -> bool:
        """Enter the other end's generation; says whether that lost anything."""
        used = self._next > 1 or self._expected > 1 or bool(self._queue)
        self._begin(generation)
        return used

    def _forget_before(self, acknowledged: int, now: float) -> None:
        """Let go of the batches that have arrived."""
        count = acknowledged - (self._next - len(self._unacknowledged))
        if count <= 0:
            return
        self._waiting -= sum(map(len, self._unacknowledged[:count]))
        del self._unacknowledged[:count]
        self._cursor = max(0, self._cursor - count)
        self._pause = self._policy.resend_seconds
        self._resend_at = None
        if self._unacknowledged:
            self._await(now)

    def _await(self, now: float) -> None:
        """Expect an answer from now on, unless one is expected already."""
        if self._resend_at is None:
            self._since = now
            self._resend_at = now + self._pause

    def _go_back(self, now: float) -> None:
        self._cursor = 0
        self._pause = min(2 * self._pause, self._policy.resend_at_most_seconds)
        self._resend_at = now + self._pause
        if now - self._since >= self._policy.silence_seconds:
            self.broken = True

    def _owe(self, now: float) -> None:
        """Acknowledge soon; at once when much has come."""
        self._owed += 1
        if self._owed >= self._policy.ack_batches:
            self._ack_at = now
        elif self._ack_at is None:
            self._ack_at = now + self._policy.ack_seconds


def name_bytes(worker: WorkerId) -> bytes:
    """Return the 8 bytes that a batch begins with.

    Raises:
        ValueError: it is not a name of 16 hex digits.

    """
    name = bytes.fromhex(worker)
    if len(name) != NAME_BYTES:
        raise ValueError(worker)
    return name


def _frames(batch: bytes) -> list[bytes]:
    """Cut a batch into its frames; lengths that do not add up spoil all of it."""
    frames = []
    start, end = _HEAD.size, len(batch)
    while start < end:
        body = start + _LENGTH_BYTES
        start = body + int.from_bytes(batch[body - _LENGTH_BYTES : body], "big")
        if body > end or start > end:
            raise BatchRefusedError
        frames.append(batch[body:start])
    return frames
