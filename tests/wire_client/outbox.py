"""What goes to the partner next, and what goes again. Pure: time is an argument.

A written text waits unnumbered. Only when window and pace let it go is it
numbered and sealed, and sealing is final: from then on exactly these bytes are
sent, as often as needed, until acknowledged. `cursor` is the next number to put
on the wire; a refusal, a resume or a resend moves it.
"""

from collections import deque
from dataclasses import dataclass, field

from tests.wire_client.conversation import Conversation
from tests.wire_client.franking import Sealed
from tests.wire_client.handshake import IntegrityError
from tests.wire_client.pace import Pace

RESEND_AFTER_SECONDS = (5.0, 10.0, 20.0, 30.0)
"""Of silence while the partner is here; the last one again and again."""
REFUSAL_SECONDS = 0.1
"""Rest after a refusal that names no time of its own."""


@dataclass(slots=True)
class Outbox:
    """One direction as its sender drives it; times are seconds of one clock."""

    talk: Conversation
    pace: Pace
    written: deque[str] = field(default_factory=deque)
    here: bool = True
    cursor: int = field(init=False)
    accepted: int = field(init=False)
    """Below this the relay has them: sending again is free of window and pace."""
    _held_until: float = 0.0
    _quiet_since: float = 0.0
    _tries: int = 0

    def __post_init__(self) -> None:
        """Go on behind what was sent before."""
        self.cursor = self.accepted = len(self.talk.sealed)

    def next(self, now: float) -> Sealed | float | None:
        """Say what to send now.

        Returns:
            a sealed message that counts as sent with this; or in how many
            seconds to ask again; or nothing, until something arrives.

        """
        if now < self._held_until:
            return self._held_until - now
        due = self._resend_due()
        if due is not None and now >= due:
            self._again(now, tries=self._tries + 1)
            due = None
        if self.cursor == len(self.talk.sealed) and not self.written:
            return None if due is None else due - now
        wait = self._wait(now)
        if wait:
            return wait if due is None else min(wait, due - now)
        return self._go(now)

    def acknowledged(self, now: float) -> None:
        """Go on behind `talk.acked`, which has risen."""
        self.cursor = max(self.cursor, self.talk.acked)
        self._quiet_since, self._tries = now, 0

    def stamped(self, seq: int) -> None:
        """Note that the relay has everything up to this one."""
        self.accepted = max(self.accepted, seq + 1)

    def refused(self, *, seq: int, expected: int, after: float, now: float) -> None:
        """Go back to what the relay expects, or to what it would not repeat.

        Raises:
            IntegrityError: the relay forgot, or never saw, what it expects.

        """
        if not self.talk.acked <= expected <= self.talk.sent:
            raise IntegrityError("the relay expects an impossible number")
        self.accepted = expected
        self.cursor = min(self.cursor, max(self.talk.acked, min(seq, expected)))
        self._held_until = now + max(after, REFUSAL_SECONDS)

    def resumed(self, *, accepted: int, here: bool, now: float) -> None:
        """Go on with a newer socket; checked already by the conversation."""
        self.accepted, self.here = accepted, here
        self._held_until = 0.0
        self._again(now)

    def partner(self, *, here: bool, now: float) -> None:
        """Note that the partner is away, or send again: it is back."""
        self.here = here
        if here:
            self._again(now)

    def _again(self, now: float, *, tries: int = 0) -> None:
        self.cursor = self.talk.acked if self.here else self.accepted
        self._quiet_since, self._tries = now, tries

    def _resend_due(self) -> float | None:
        if not self.here or self.cursor == self.talk.acked:
            return None
        last = len(RESEND_AFTER_SECONDS) - 1
        return self._quiet_since + RESEND_AFTER_SECONDS[min(self._tries, last)]

    def _wait(self, now: float) -> float:
        """Say how long the message at the cursor has to wait for room."""
        if self.cursor < self.accepted:
            return 0.0
        if self.cursor - self.talk.acked >= self.pace.window:
            return RESEND_AFTER_SECONDS[0]
        return self.pace.wait(now)

    def _go(self, now: float) -> Sealed:
        if self.cursor == len(self.talk.sealed):
            self.talk.seal(self.written.popleft().encode())
        if self.cursor >= self.accepted:
            self.pace.take(now)
        if self.cursor == self.talk.acked:
            self._quiet_since = now
        self.cursor += 1
        return self.talk.sealed[self.cursor - 1]
