"""What processes of the site in `site.py` hold and pass on: plain data."""

from dataclasses import dataclass, field
from typing import Any

from chat.domain import effects as do
from chat.domain import record
from chat.domain.conversation import Conversation
from chat.domain.effects import Effect, Timer
from chat.domain.record import ConversationRecord
from common.ids import WorkerId
from trust.domain.franking import Role


@dataclass(slots=True)
class Store:
    """The record and the leases, as the Redis of a site would hold them."""

    record: ConversationRecord | None = None
    leases: dict[WorkerId, float] = field(default_factory=dict)
    born: float = -1000.0

    def put(self, new: ConversationRecord) -> bool:
        """Write by a home; says whether it still is one."""
        if not record.may_write(new, over=self.record):
            return False
        self.record = record.read(record.write(new))
        return True

    def take_over(self, new: ConversationRecord, *, was_epoch: int) -> bool:
        """Compare and set."""
        old = self.record
        if old is None or old.ended is not None or old.epoch != was_epoch:
            return False
        self.record = new
        return True

    def end(self, new: ConversationRecord) -> None:
        """Let the first end stand."""
        if self.record is None or self.record.ended is None:
            self.record = new


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A socket: on which process, and its number there."""

    worker: WorkerId
    number: int


@dataclass(slots=True)
class Live:
    """The conversation at its home."""

    core: Conversation
    record: ConversationRecord
    endpoints: dict[Role, Endpoint] = field(default_factory=dict)
    timers: dict[Timer, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coming:
    """A socket that asks to go on, and has not been answered."""

    number: int
    role: Role
    received: int


def written(effect: Effect) -> dict[str, Any] | None:
    """Write what a client is told; the wire itself is tested elsewhere."""
    match effect:
        case do.ShowResumed():
            frame = {
                "type": "resumed",
                "slot": effect.slot,
                "accepted": effect.accepted,
                "acked": effect.acked,
                "here": effect.partner_here,
            }
        case do.TellEnded():
            frame = {"type": "ended", "reason": effect.reason}
        case do.TellAway() | do.TellBack():
            frame = {"type": "away" if isinstance(effect, do.TellAway) else "back"}
        case do.Refuse():
            frame = {
                "type": "error",
                "code": effect.code,
                "seq": effect.seq,
                "expected": effect.expected,
                "after": effect.retry_after_seconds or 0.0,
            }
        case _:
            frame = None
    return frame
