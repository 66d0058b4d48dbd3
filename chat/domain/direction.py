"""One direction of messages: which may pass, which come again, which are done.

What lives here: the relay rules of docs/reference/protocol.md, section 4, for
what one side sends. What may not: stamps are made elsewhere, and contents are
never looked at; a ciphertext is only a length.

How it works. Three counters, each the number of a next message:

    acked <= handed <= accepted

`accepted` is the next one to stamp, `handed` the next one for the receiver's
present socket, `acked` what the receiver has confirmed. Commitment and stamp
of the messages between `acked` and `accepted` are held, so that one that comes
again gets the stamp it had; there are at most `unacknowledged` of them, and an
acknowledgement drops them. Nothing else of a message outlives its passing.

After a refusal the direction is silent: what lies above `accepted` is dropped
unanswered until the message that was refused comes again.
"""

import hmac
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from chat.domain.codes import Code
from chat.domain.policy import ConversationPolicy
from common.ratelimit import full, take


class Verdict(Enum):
    """What a message is, when it is not refused."""

    NEW = "new"
    AGAIN = "again"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a message has no effect."""

    code: Code
    retry_after_seconds: float | None = None


class Held(NamedTuple):
    """What is kept of a message until it is acknowledged."""

    commitment: bytes
    stamp: bytes
    """As it stands on the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """All that another process needs to go on with a direction."""

    accepted: int
    acked: int
    handed: int
    silent: bool
    held: tuple[Held, ...]
    """Of the messages from `acked` up to `accepted`."""
    fresh: float
    repeats: float
    """Tokens in the two buckets when it was taken down."""


class Direction:
    """What one side has sent; counters start at 0."""

    __slots__ = (
        "_fresh",
        "_held",
        "_policy",
        "_repeats",
        "_silent",
        "accepted",
        "acked",
        "handed",
    )

    def __init__(self, *, now: float, policy: ConversationPolicy) -> None:
        """Start with nothing sent, at `now` of the steady clock."""
        self.accepted = self.acked = self.handed = 0
        self._policy = policy
        self._held: deque[Held] = deque()
        self._silent = False
        self._fresh = full(policy.fresh, now)
        self._repeats = full(policy.repeats, now)

    def judge(
        self, *, seq: int, commitment: bytes, length: int, now: float
    ) -> Verdict | Refusal:
        """Decide about one message, in the order of the protocol's rules.

        Args:
            seq: its number.
            commitment: 32 bytes.
            length: of its ciphertext, in bytes.
            now: the steady clock.

        """
        if self.silent_about(seq):
            return Verdict.DROPPED
        if length not in self._policy.sealed_bytes:
            return self.refuse(Code.BAD_FRAME)
        if seq < self.accepted:
            return self._judge_repeated(seq, commitment, now)
        if seq > self.accepted:
            return self.refuse(Code.BAD_SEQUENCE)
        return self._judge_new(now)

    def silent_about(self, seq: int) -> bool:
        """Say whether a message waits for one that was refused before it."""
        return self._silent and seq > self.accepted

    def refuse(self, code: Code, retry_after_seconds: float | None = None) -> Refusal:
        """Refuse a message, and be silent about those above `accepted`."""
        self._silent = True
        return Refusal(code=code, retry_after_seconds=retry_after_seconds)

    def accept(self, *, commitment: bytes, stamp: bytes) -> None:
        """Hold what the next message was stamped with."""
        self._silent = False
        self._held.append(Held(commitment, stamp))
        self.accepted += 1

    def stamp_of(self, seq: int) -> bytes:
        """Give the stamp of a message that was accepted and not acknowledged."""
        return self._held[seq - self.acked].stamp

    def hand(self, seq: int) -> bool:
        """Say whether the receiver's socket gets this one now, and count it."""
        if seq != self.handed:
            return False
        self.handed += 1
        return True

    def acknowledge(self, next_seq: int) -> bool:
        """Drop what the receiver has; says whether that was news.

        `next_seq` is at most `accepted`: the caller refuses anything above.
        """
        if next_seq <= self.acked:
            return False
        for _ in range(next_seq - self.acked):
            self._held.popleft()
        self.acked = next_seq
        return True

    def resume(self, received: int) -> bool:
        """Go on with a receiver's newer socket.

        Args:
            received: the number after the last message that the receiver has.

        Returns:
            `False`, with nothing changed, for a number that cannot be: below
            what it acknowledged, or above what was accepted.

        """
        if not self.acked <= received <= self.accepted:
            return False
        self.acknowledge(received)
        self.handed = received
        return True

    def recover(self, received: int) -> None:
        """Go on from what the receiver has; what was stamped above it is void."""
        self._held.clear()
        self._silent = False
        self.accepted = self.acked = self.handed = received

    def counters(self, now: float) -> Counters:
        """Take down where this direction stands at `now` of the steady clock."""
        take(self._fresh, now, self._policy.fresh, cost=0.0)
        take(self._repeats, now, self._policy.repeats, cost=0.0)
        return Counters(
            accepted=self.accepted,
            acked=self.acked,
            handed=self.handed,
            silent=self._silent,
            held=tuple(self._held),
            fresh=self._fresh.tokens,
            repeats=self._repeats.tokens,
        )

    def restore(self, counters: Counters) -> None:
        """Stand where another process took this direction down."""
        self.accepted, self.acked = counters.accepted, counters.acked
        self.handed, self._silent = counters.handed, counters.silent
        self._held = deque(counters.held)
        self._fresh.tokens = counters.fresh
        self._repeats.tokens = counters.repeats

    def repeat_wait(self, now: float) -> float:
        """Take one from what this side may repeat or acknowledge.

        Returns:
            0 when it may; else the seconds until it may.

        """
        return take(self._repeats, now, self._policy.repeats)

    def _judge_repeated(
        self, seq: int, commitment: bytes, now: float
    ) -> Verdict | Refusal:
        wait = self.repeat_wait(now)
        if wait:
            return self.refuse(Code.RATE_LIMITED, wait)
        if seq < self.acked:
            return Verdict.DONE
        held = self._held[seq - self.acked]
        if not hmac.compare_digest(held.commitment, commitment):
            return self.refuse(Code.BAD_SEQUENCE)
        return Verdict.AGAIN

    def _judge_new(self, now: float) -> Verdict | Refusal:
        if self.accepted - self.acked >= self._policy.unacknowledged:
            return self.refuse(Code.WINDOW_FULL)
        wait = take(self._fresh, now, self._policy.fresh)
        return self.refuse(Code.RATE_LIMITED, wait) if wait else Verdict.NEW
